package org.quantvoice.decode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;

/**
 * The words that may be said, with their spellings in tokens of the vocabulary. Words without a spelling of their own are
 * spelled by their letters, with the delimiter behind. Immutable.
 */
public final class Lexicon {
    private final List<Entry> entries;

    /**
     * @param word the word as it is written
     * @param spelling its tokens, the delimiter included if it belongs to the spelling; empty: by its letters
     */
    public record Entry(String word, List<String> spelling) {

        public Entry {
            spelling = List.copyOf(spelling);
            if (word.isEmpty()) {
                throw new DecoderException("an empty word in the lexicon", "a word", "leave it out");
            }
        }
    }

    private Lexicon(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new DecoderException("a lexicon without words", "at least one word", "leave the lexicon out");
        }
    }

    /** Several entries of one word are several spellings. */
    public static Lexicon of(List<Entry> entries) {
        return new Lexicon(entries);
    }

    public static Lexicon ofWords(List<String> words) {
        return new Lexicon(
                words.stream().map(word -> new Entry(word, List.of())).collect(Collectors.toList()));
    }

    /**
     * Reads one entry a line: the word, then its tokens if it has a spelling, separated by white space. UTF-8.
     *
     * @throws DecoderException if the file cannot be read or holds no word
     */
    public static Lexicon read(Path file) {
        List<Entry> entries = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                String[] parts = line.replace("\uFEFF", "").trim().split("\\s+");
                if (!parts[0].isEmpty()) {
                    entries.add(new Entry(parts[0], List.of(parts).subList(1, parts.length)));
                }
            }
        } catch (IOException e) {
            throw new DecoderException(
                    "lexicon " + file + " that cannot be read: " + e.getMessage(),
                    "a UTF-8 text file, a word a line",
                    "check the path and the encoding",
                    e);
        }
        return new Lexicon(entries);
    }

    public List<Entry> entries() {
        return entries;
    }

    /** The spelling of an entry in tokens. */
    static int[] spell(Entry entry, Vocabulary vocabulary) {
        if (entry.spelling().isEmpty()) {
            return Spelling.of(entry.word(), vocabulary);
        }
        int[] tokens = new int[entry.spelling().size()];
        for (int i = 0; i < tokens.length; i++) {
            String token = entry.spelling().get(i);
            tokens[i] = Optional.of(vocabulary.tokens().indexOf(token))
                    .filter(v -> v >= 0 && v != vocabulary.blank())
                    .orElseThrow(() -> Spelling.impossible(entry.word(), token));
        }
        return tokens;
    }
}
