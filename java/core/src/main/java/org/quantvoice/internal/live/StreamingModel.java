package org.quantvoice.internal.live;

import java.util.List;

/**
 * A causal encoder with caches, a CTC head and an attention decoder: the interface that engines implement for U2
 * models. Safe for several threads at once.
 */
public interface StreamingModel {
    /** The methods of WeNet's runtime interface that a streaming model must have. */
    List<String> METHODS = List.of(
            "forward_encoder_chunk",
            "ctc_activation",
            "forward_attention_decoder",
            "subsampling_rate",
            "right_context",
            "sos_symbol",
            "eos_symbol",
            "is_bidirectional_decoder");

    StreamConstants constants();

    /**
     * Opens the caches of a new stream.
     *
     * @param chunkFrames encoder frames of a chunk, 1 or more; {@link Integer#MAX_VALUE} if chunks have no common
     *     size
     * @param leftChunks number of chunks to look back; negative for all
     */
    StreamingState open(int chunkFrames, int leftChunks);

    /**
     * Scores hypotheses with the attention decoder, for the second pass.
     *
     * @param hypotheses tokens without sos and eos; at least one hypothesis
     * @param encoder encoder output {@code [frames, width]} of the utterance, row-major
     * @param frames 1 or more
     * @param reverseWeight above 0 if the right-to-left decoder is wanted
     */
    DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight);
}
