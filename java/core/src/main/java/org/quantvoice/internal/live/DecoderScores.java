package org.quantvoice.internal.live;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.DecoderException;

/**
 * Returns the scores of an attention decoder for some hypotheses: log-probs of the token that follows each position,
 * {@code [hypotheses, length, vocabulary]} row-major.
 *
 * @param leftToRight scores of the hypotheses from left to right
 * @param rightToLeft scores of the reversed hypotheses; null if the model has no right-to-left decoder or it was not
 *     asked for
 * @param length number of positions, sos included
 */
@SuppressWarnings("ArrayRecordComponent")
public record DecoderScores(float[] leftToRight, float @Nullable [] rightToLeft, int length, int vocabulary) {

    private double at(float[] scores, int hypothesis, int position, int token) {
        return scores[(hypothesis * length + position) * vocabulary + token];
    }

    /**
     * Returns the sum of the log-probs of a hypothesis' tokens and of eos, the weighted mean of both directions.
     *
     * @throws DecoderException if a direction is wanted that is not there
     */
    double of(int hypothesis, int[] tokens, int eos, double reverseWeight) {
        double forward = at(leftToRight, hypothesis, tokens.length, eos);
        for (int j = 0; j < tokens.length; j++) {
            forward += at(leftToRight, hypothesis, j, tokens[j]);
        }
        if (reverseWeight == 0) {
            return forward;
        }
        if (rightToLeft == null) {
            throw new DecoderException(
                    "no scores of a right-to-left decoder for reverseWeight " + reverseWeight,
                    "a model that has one",
                    "leave reverseWeight out");
        }
        double backward = at(rightToLeft, hypothesis, tokens.length, eos);
        for (int j = 0; j < tokens.length; j++) {
            backward += at(rightToLeft, hypothesis, tokens.length - 1 - j, tokens[j]);
        }
        return (1 - reverseWeight) * forward + reverseWeight * backward;
    }
}
