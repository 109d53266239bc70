package org.quantvoice.decode;

import java.util.Objects;
import org.quantvoice.error.DecoderException;

/**
 * How a lexicon is used.
 *
 * @param lexicon the words that may be said
 * @param smearing what an unfinished word is ranked by, if there is a language model
 * @param unknownScore added for a word that is not in the lexicon: any beginning of a word that is no word itself may end
 *     as {@code <unk>}; negative infinity: none may
 * @param keepLastWord true if a last word that lacks nothing but the delimiter counts
 * @param wordScore added for each word if there is no language model, which has a bonus of its own
 */
public record LexiconOptions(
        Lexicon lexicon, Smearing smearing, double unknownScore, boolean keepLastWord, double wordScore) {
    /** What stands for the language model score of a word of a lexicon while it is unfinished. */
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

    public LexiconOptions {
        Objects.requireNonNull(lexicon, "lexicon");
        Objects.requireNonNull(smearing, "smearing");
        if (!(unknownScore < Double.POSITIVE_INFINITY) || !Double.isFinite(wordScore)) {
            throw new DecoderException(
                    "unknownScore " + unknownScore + ", wordScore " + wordScore,
                    "finite numbers, or negative infinity for no unknown words",
                    "correct the options of the lexicon");
        }
    }

    /** Only words of the lexicon, MAX smearing, a last word without delimiter counts. */
    public static LexiconOptions of(Lexicon lexicon) {
        return new LexiconOptions(lexicon, Smearing.MAX, Double.NEGATIVE_INFINITY, true, 0);
    }
}
