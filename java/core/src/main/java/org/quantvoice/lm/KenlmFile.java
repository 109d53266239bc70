package org.quantvoice.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens KenLM binary files: header, vocabulary, n-grams, spellings, in this order. Every part's length follows from the header
 * and is checked against the file's before the part is touched.
 */
final class KenlmFile {
    /** Memory of one n-gram: a slot has two longs, and at worst a third of the slots is used. */
    private static final int BYTES_AN_NGRAM = 48;

    private KenlmFile() {}

    /**
     * Opens a file.
     *
     * @param tableBytes largest memory for the n-grams; if they need more, they stay in the mapped file
     */
    static LanguageModel open(Path path, long tableBytes) throws IOException {
        MappedFile mapped = MappedFile.open(path);
        try {
            // A file that is copied to memory is read, not mapped, because another process may cut it short
            // meanwhile.
            if (fits(mapped, KenlmHeader.read(mapped), tableBytes)) {
                mapped.close();
                return open(MappedFile.read(path), tableBytes);
            }
            LanguageModel model = open(mapped, tableBytes);
            mapped.requireWhole();
            return model;
        } catch (InternalError e) {
            mapped.close();
            throw mapped.shortened(e);
        } catch (RuntimeException e) {
            mapped.close();
            throw e;
        }
    }

    static LanguageModel open(MappedFile file, long tableBytes) {
        KenlmHeader header = KenlmHeader.read(file);
        return header.kind.isTrie() ? openTrie(file, header, tableBytes) : openProbing(file, header, tableBytes);
    }

    private static LanguageModel openProbing(MappedFile file, KenlmHeader header, long tableBytes) {
        boolean rest = header.kind == KenlmKind.PROBING_WITH_REST;
        FileRegion at = new FileRegion(file, header.length);
        ProbingVocabulary vocabulary = ProbingVocabulary.read(at, header);
        ProbingSearch search = ProbingSearch.read(at, header, rest);
        NgramSearch used = fits(file, header, tableBytes) ? search.unpack(vocabulary.size(), header.counts) : search;
        return model(file, header, used, vocabulary, at.position());
    }

    private static LanguageModel openTrie(MappedFile file, KenlmHeader header, long tableBytes) {
        FileRegion at = new FileRegion(file, header.length);
        SortedVocabulary vocabulary = SortedVocabulary.read(at, header);
        TrieSearch search = TrieSearch.read(at, header);
        NgramSearch used = fits(file, header, tableBytes) ? search.unpack(vocabulary.size()) : search;
        return model(file, header, used, vocabulary, at.position());
    }

    /**
     * Returns whether the n-grams fit into memory. The file's size counts too, because a probing file may be much
     * larger than its n-grams, and scanning it must not take longer than reading it.
     */
    private static boolean fits(MappedFile file, KenlmHeader header, long tableBytes) {
        long ngrams = 0;
        for (long count : header.counts) {
            ngrams += count;
        }
        return ngrams <= tableBytes / BYTES_AN_NGRAM && file.size() <= tableBytes;
    }

    private static LanguageModel model(
            MappedFile file, KenlmHeader header, NgramSearch search, WordIndex words, long end) {
        @Nullable Spellings spellings = header.hasVocabulary ? KenlmSpellings.read(file, end, words) : null;
        return new BackoffModel(file, search, words, spellings);
    }
}
