package org.quantvoice.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens KenLM binary files: header, vocabulary, n-grams, spellings, in this order. Every part's length follows from the header
 * and is checked against the file's before the part is touched.
 */
final class KenlmFile {
    private KenlmFile() {}

    static LanguageModel open(Path path) throws IOException {
        return open(MappedFile.open(path));
    }

    static LanguageModel open(MappedFile file) {
        KenlmHeader header = KenlmHeader.read(file);
        return header.kind.isTrie() ? openTrie(file, header) : openProbing(file, header);
    }

    private static LanguageModel openProbing(MappedFile file, KenlmHeader header) {
        boolean rest = header.kind == KenlmKind.PROBING_WITH_REST;
        FileRegion at = new FileRegion(file, header.length);
        ProbingVocabulary vocabulary = ProbingVocabulary.read(at, header);
        ProbingSearch search = ProbingSearch.read(at, header, rest);
        return model(file, header, search, vocabulary, at.position());
    }

    private static LanguageModel openTrie(MappedFile file, KenlmHeader header) {
        FileRegion at = new FileRegion(file, header.length);
        SortedVocabulary vocabulary = SortedVocabulary.read(at, header);
        TrieSearch search = TrieSearch.read(at, header);
        return model(file, header, search, vocabulary, at.position());
    }

    private static LanguageModel model(
            MappedFile file, KenlmHeader header, NgramSearch search, WordIndex words, long end) {
        @Nullable Spellings spellings = header.hasVocabulary ? KenlmSpellings.read(file, end, words) : null;
        return new BackoffModel(file.name(), search, words, spellings);
    }
}
