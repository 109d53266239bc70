package org.quantvoice.plan;

import java.util.List;
import org.quantvoice.graph.Graph;
import org.quantvoice.stream.StreamConstants;

/**
 * A U2 model as graphs.
 *
 * @param first {@code forward_encoder_chunk} without caches: {@code xs [1, T, melBins]} and the scalar {@code offset} to
 *     encoder output, attention cache and convolution cache
 * @param next the same with caches: inputs {@code xs}, {@code att_cache [layers, heads, C, 2 K]}, {@code cnn_cache}
 * @param ctc {@code ctc_activation}: {@code [1, S, width]} to log-probs
 * @param decoder {@code forward_attention_decoder}: {@code hyps [N, L]}, {@code lens [N]}, {@code memory [1, S, width]} to
 *     log-probs {@code [N, L, vocabulary]}
 * @param constants what the model says of itself
 */
public record StreamingGraphs(Graph first, Graph next, Graph ctc, Graph decoder, StreamConstants constants) {
    /** Name of the scalar that counts encoder frames given out so far. */
    public static final String OFFSET = "offset";

    /** With positions as one node each; takes the graphs over. */
    StreamingGraphs folded() {
        return new StreamingGraphs(PositionFolding.apply(first), PositionFolding.apply(next), ctc, decoder, constants);
    }

    List<Graph> all() {
        return List.of(first, next, ctc, decoder);
    }
}
