package org.quantvoice.quant;

import org.quantvoice.error.DecoderException;

/**
 * The default settings of live streams over a model with caches (U2). They are stored with the model, in its token
 * list and in {@code .qv} files.
 *
 * @param chunkFrames encoder frames of a chunk, 1 or more; or -1 if the utterance is one chunk
 * @param leftChunks number of chunks that attention looks back, 0 or more, or -1 for all
 * @param ctcWeight share of the first pass in the second, 0 or more
 * @param reverseWeight share of the right-to-left decoder in the attention score, 0 to 1
 */
public record StreamSettings(int chunkFrames, int leftChunks, double ctcWeight, double reverseWeight) {

    public StreamSettings {
        require(chunkFrames >= 1 || chunkFrames == -1, "a chunk of " + chunkFrames + " frames", "1 or more, or -1");
        require(leftChunks >= -1, leftChunks + " left chunks", "0 or more, or -1 for all");
        require(ctcWeight >= 0 && ctcWeight < Double.POSITIVE_INFINITY, "ctcWeight " + ctcWeight, "0 or more");
        require(reverseWeight >= 0 && reverseWeight <= 1, "reverseWeight " + reverseWeight, "0 to 1");
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new DecoderException(got, expected, "correct the settings of streams");
        }
    }
}
