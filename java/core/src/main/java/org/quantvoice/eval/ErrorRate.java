package org.quantvoice.eval;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.quantvoice.error.CorpusException;

/**
 * The error rate over a corpus: the errors of all utterances divided by the length of all references, in percent; it
 * may exceed 100. Texts are compared with capitals and punctuation, after Unicode composition (NFC) and with every
 * run of white space counting as one space, or none at the ends.
 */
public final class ErrorRate {
    private final String unit;
    private final Function<String, int[]> symbols;
    private EditCounts counts = EditCounts.NONE;
    private long utterances;
    private long wrongUtterances;

    private ErrorRate(String unit, Function<String, int[]> symbols) {
        this.unit = unit;
        this.symbols = symbols;
    }

    /** Returns a word error rate, whose symbols are separated by white space. */
    public static ErrorRate words() {
        Map<String, Integer> numbers = new HashMap<>();
        return new ErrorRate(
                "words",
                text -> text.isEmpty()
                        ? new int[0]
                        : Arrays.stream(text.split(" "))
                                .mapToInt(word -> numbers.computeIfAbsent(word, w -> numbers.size()))
                                .toArray());
    }

    /**
     * Returns a character error rate, whose symbols are Unicode code points; the space between two words counts as
     * one.
     */
    public static ErrorRate characters() {
        return new ErrorRate("characters", text -> text.codePoints().toArray());
    }

    /** Adds one utterance and returns its own counts. */
    public EditCounts add(String reference, String hypothesis) {
        EditCounts utterance =
                EditCounts.align(symbols.apply(normalise(reference)), symbols.apply(normalise(hypothesis)));
        counts = counts.plus(utterance);
        utterances++;
        wrongUtterances += utterance.errors() > 0 ? 1 : 0;
        return utterance;
    }

    public EditCounts counts() {
        return counts;
    }

    public long substitutions() {
        return counts.substitutions();
    }

    public long deletions() {
        return counts.deletions();
    }

    public long insertions() {
        return counts.insertions();
    }

    public long referenceLength() {
        return counts.referenceLength();
    }

    public long utterances() {
        return utterances;
    }

    /** Returns the number of utterances with at least one error. */
    public long wrongUtterances() {
        return wrongUtterances;
    }

    /**
     * Returns 100 * errors / length of the references.
     *
     * @throws CorpusException when the references are all empty: the rate is not defined then
     */
    public double percent() {
        if (counts.referenceLength() == 0) {
            throw new CorpusException(
                    utterances + " utterances with no " + unit + " in their references",
                    "references with text",
                    "give the corpus a text column");
        }
        return 100.0 * counts.errors() / counts.referenceLength();
    }

    /** Returns a text like "2.04 % (12 of 587 words: 10 substitutions, 0 deletions, 2 insertions)"; never throws. */
    @Override
    public String toString() {
        String rate = counts.referenceLength() == 0 ? "undefined" : String.format(Locale.ROOT, "%.2f %%", percent());
        return String.format(
                Locale.ROOT,
                "%s (%d of %d %s: %d substitutions, %d deletions, %d insertions)",
                rate,
                counts.errors(),
                referenceLength(),
                unit,
                substitutions(),
                deletions(),
                insertions());
    }

    private static String normalise(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC)
                .replaceAll("(?U)\\s+", " ")
                .strip();
    }
}
