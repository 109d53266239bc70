package org.quantvoice.decode;

/**
 * A token of a labelling and the frames that emit it on the best path.
 *
 * @param token index in the vocabulary
 * @param startFrame first frame
 * @param endFrame one past the last frame
 * @param logProb sum of the token's log-probabilities over these frames
 */
public record TokenSpan(int token, int startFrame, int endFrame, double logProb) {}
