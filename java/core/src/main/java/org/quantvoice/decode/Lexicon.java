package org.quantvoice.decode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.Spelling;

/**
 * The words that may be said, with their spellings in tokens of the vocabulary. Words without a spelling of their own are
 * spelled by their letters, with the delimiter behind. Unless told otherwise only these words may be said, an unfinished one is ranked
 * by {@link Smearing#MAX}, and a last word counts that lacks nothing but the delimiter. Immutable.
 */
public final class Lexicon {
    private final List<Entry> entries;
    private final Smearing smearing;
    private final double unknownScore;
    private final boolean keepLastWord;
    private final double wordScore;

    /** The score by which an unfinished word of a lexicon is ranked in place of its language model score. */
    public enum Smearing {
        /** The best score after the beginning of a sentence among the words that can still be reached. */
        MAX,
        /** The log of the sum of these scores. */
        LOGADD,
        /** An unfinished word has no language model score. */
        NONE
    }

    /** The text of a word that is not in the lexicon. */
    public static final String UNKNOWN_WORD = "<unk>";

    /**
     * An entry of a lexicon.
     *
     * @param word the word as it is written
     * @param spelling its tokens, the delimiter included if it belongs to the spelling; if empty, the word is spelled
     *     by its letters
     */
    public record Entry(String word, List<String> spelling) {

        public Entry {
            spelling = List.copyOf(spelling);
            if (word.isEmpty()) {
                throw new DecoderException("an empty word in the lexicon", "a word", "leave it out");
            }
        }
    }

    private Lexicon(
            List<Entry> entries, Smearing smearing, double unknownScore, boolean keepLastWord, double wordScore) {
        this.entries = entries;
        this.smearing = Objects.requireNonNull(smearing, "smearing");
        this.unknownScore = unknownScore;
        this.keepLastWord = keepLastWord;
        this.wordScore = wordScore;
        if (entries.isEmpty()) {
            throw new DecoderException("a lexicon without words", "at least one word", "leave the lexicon out");
        }
        if (!(unknownScore < Double.POSITIVE_INFINITY) || !Double.isFinite(wordScore)) {
            throw new DecoderException(
                    "unknownScore " + unknownScore + ", wordScore " + wordScore,
                    "finite numbers, or negative infinity for no unknown words",
                    "correct the options of the lexicon");
        }
    }

    private Lexicon(List<Entry> entries) {
        this(List.copyOf(entries), Smearing.MAX, Double.NEGATIVE_INFINITY, true, 0);
    }

    /**
     * Returns a lexicon of the same words that ranks unfinished ones in another way, if there is a language model.
     */
    public Lexicon withSmearing(Smearing chosen) {
        return new Lexicon(entries, chosen, unknownScore, keepLastWord, wordScore);
    }

    /**
     * Returns a lexicon of the same words that lets other words be said too.
     *
     * @param score added for a word that is not in the lexicon: any beginning of a word that is no word itself
     *     may end as {@code <unk>}; negative infinity: none may
     * @throws DecoderException if it is not below infinity
     */
    public Lexicon withUnknownScore(double score) {
        return new Lexicon(entries, smearing, score, keepLastWord, wordScore);
    }

    /**
     * Returns a lexicon of the same words that counts, or does not count, a last word that lacks nothing but the
     * delimiter.
     */
    public Lexicon withLastWordKept(boolean kept) {
        return new Lexicon(entries, smearing, unknownScore, kept, wordScore);
    }

    /**
     * The same words.
     *
     * @param score added for each word if there is no language model, which has a bonus of its own
     * @throws DecoderException if it is not finite
     */
    public Lexicon withWordScore(double score) {
        return new Lexicon(entries, smearing, unknownScore, keepLastWord, score);
    }

    public Smearing smearing() {
        return smearing;
    }

    public double unknownScore() {
        return unknownScore;
    }

    public boolean keepsLastWord() {
        return keepLastWord;
    }

    public double wordScore() {
        return wordScore;
    }

    /** Returns a lexicon; several entries of one word are several spellings. */
    public static Lexicon of(List<Entry> entries) {
        return new Lexicon(entries);
    }

    public static Lexicon ofWords(List<String> words) {
        return new Lexicon(
                words.stream().map(word -> new Entry(word, List.of())).collect(Collectors.toList()));
    }

    /**
     * Reads a UTF-8 file with one entry on each line: the word, then its tokens if it has a spelling, separated by
     * white space.
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

    /** Returns the spelling of an entry in tokens. */
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
