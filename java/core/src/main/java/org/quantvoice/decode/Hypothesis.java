package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.quantvoice.error.DecoderException;

/**
 * One reading of a stream. {@code score = acoustic + language + hotwords}, natural logs, unless the options of the
 * decoder say that the language model counts in log10.
 *
 * @param text the words, separated by single spaces
 * @param words the words with their frames
 * @param score score by which hypotheses are ranked
 * @param acoustic log of the summed (or greatest, see {@link BeamOptions.PathMerge}) probability of the paths;
 *     negative infinity if the stream holds a frame in which nothing was possible
 * @param language weighted language model score with word bonuses
 * @param hotwords sum of the weights of the hotwords found
 * @param tokens the labelling with the frames of the best path
 */
public record Hypothesis(
        String text,
        List<WordSpan> words,
        double score,
        double acoustic,
        double language,
        double hotwords,
        List<TokenSpan> tokens) {
    /**
     * A token of a labelling and the frames that emit it on the best path.
     *
     * @param token index in the vocabulary
     * @param startFrame first frame
     * @param endFrame one past the last frame
     * @param logProb sum of the token's log-probs over these frames
     */
    public record TokenSpan(int token, int startFrame, int endFrame, double logProb) {}

    public Hypothesis {
        words = List.copyOf(words);
        tokens = List.copyOf(tokens);
    }

    /** Returns the labelling as indices of the vocabulary. */
    public int[] labelling() {
        return tokens.stream().mapToInt(TokenSpan::token).toArray();
    }

    /**
     * An n-best list ordered anew by another model, such as an attention decoder: {@code score = weight * other(h) + (1 - weight) *
     * score(h)}; equal ones keep their order.
     *
     * @param other the other model's log-probability of a hypothesis
     * @param weight its share, 0 to 1
     * @throws DecoderException if the weight is out of its range, or the other model says NaN
     */
    public static List<Hypothesis> rescore(List<Hypothesis> nbest, ToDoubleFunction<Hypothesis> other, double weight) {
        if (!(weight >= 0 && weight <= 1)) {
            throw new DecoderException("a rescoring weight of " + weight, "0 to 1", "0.5 is usual");
        }
        List<Hypothesis> scored = new ArrayList<>(nbest.size());
        for (Hypothesis one : nbest) {
            double score = other.applyAsDouble(one);
            if (Double.isNaN(score)) {
                throw new DecoderException(
                        "a rescorer that says NaN for '" + one.text() + "'", "a log-probability", "check the callback");
            }
            scored.add(one.withScore(weight * score + (1 - weight) * one.score()));
        }
        scored.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        return scored;
    }

    /** Returns the same reading with another total, as a rescorer computes it. */
    public Hypothesis withScore(double newScore) {
        return new Hypothesis(text, words, newScore, acoustic, language, hotwords, tokens);
    }
}
