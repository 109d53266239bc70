package org.quantvoice.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.passes.PositionFolding;
import org.quantvoice.internal.qv.QvStream;

/**
 * A U2 model as graphs.
 *
 * @param next {@code forward_encoder_chunk}: inputs {@code xs [1, T, melBins]}, {@code att_cache [layers, heads, C, 2
 *     K]}, {@code cnn_cache} and the scalar {@code offset}; outputs encoder frames, attention cache and convolution
 *     cache. Its first chunk has no attention cache and zeros for the convolutions.
 * @param ctc {@code ctc_activation}: {@code [1, S, width]} to log-probs
 * @param decoder {@code forward_attention_decoder}: {@code hyps [N, L]}, {@code lens [N]}, {@code memory [1, S,
 *     width]} to log-probs {@code [N, L, vocabulary]}
 * @param reverse the right-to-left decoder, if the model has one: inputs as {@code decoder}, which it reverses
 *     itself, it assumes that the longest hypothesis fills its row
 * @param constants constants of the model
 */
public record StreamingGraphs(
        Graph next, Graph ctc, Graph decoder, Optional<Graph> reverse, StreamConstants constants) {
    /** Name of the scalar that counts the encoder frames of earlier chunks. */
    public static final String OFFSET = PositionFolding.OFFSET;

    private static final String ENCODER = "encoder";
    private static final String CTC = "ctc";
    private static final String DECODER = "decoder";
    private static final String REVERSE = "reverse";
    private static final String BIDIRECTIONAL = "bidirectional";

    /**
     * Returns graphs with positions as one node each and batch norms folded into the layers before them; takes
     * ownership of these graphs.
     */
    public StreamingGraphs folded() {
        return new StreamingGraphs(
                BatchNormFolding.apply(PositionFolding.apply(next)), ctc, decoder, reverse, constants);
    }

    public List<Graph> all() {
        return Stream.concat(Stream.of(next, ctc, decoder), reverse.stream()).toList();
    }

    /** Returns the same model with other graphs in the order of {@link #all()}. */
    public StreamingGraphs with(List<Graph> parts) {
        Optional<Graph> backward = parts.size() > 3 ? Optional.of(parts.get(3)) : Optional.empty();
        return new StreamingGraphs(parts.get(0), parts.get(1), parts.get(2), backward, constants);
    }

    public QvStream stored(Optional<String> tokens, Map<String, String> provenance) {
        Map<String, Graph> graphs = new LinkedHashMap<>();
        graphs.put(ENCODER, next);
        graphs.put(CTC, ctc);
        graphs.put(DECODER, decoder);
        reverse.ifPresent(graph -> graphs.put(REVERSE, graph));
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("melBins", (long) constants.melBins());
        numbers.put("subsampling", (long) constants.subsampling());
        numbers.put("rightContext", (long) constants.rightContext());
        numbers.put("sos", (long) constants.sos());
        numbers.put("eos", (long) constants.eos());
        numbers.put(BIDIRECTIONAL, reverse.isPresent() ? 1L : 0L);
        return new QvStream(graphs, numbers, tokens, provenance);
    }

    /**
     * Builds the graphs of a {@code .qv} file.
     *
     * @throws ModelFormatException if a part is missing
     */
    public static StreamingGraphs of(QvStream stored) {
        StreamConstants constants = new StreamConstants(
                number(stored, "melBins", 1),
                number(stored, "subsampling", 1),
                number(stored, "rightContext", 0),
                number(stored, "sos", 0),
                number(stored, "eos", 0),
                stored.constants().getOrDefault(BIDIRECTIONAL, 0L) > 0);
        Optional<Graph> reverse =
                constants.bidirectional() ? Optional.of(graph(stored, REVERSE, 3, 1)) : Optional.empty();
        return new StreamingGraphs(
                graph(stored, ENCODER, 3, 3),
                graph(stored, CTC, 1, 1),
                graph(stored, DECODER, 3, 1),
                reverse,
                constants);
    }

    private static Graph graph(QvStream stored, String name, int inputs, int outputs) {
        Graph graph = stored.graphs().get(name);
        if (graph == null || graph.inputs().size() != inputs || graph.outputs().size() < outputs) {
            throw new ModelFormatException(
                    "a streaming model without a sound graph '" + name + "'",
                    inputs + " inputs and " + outputs + " outputs",
                    "write or download the file again");
        }
        return graph;
    }

    private static int number(QvStream stored, String name, long least) {
        long value = stored.constants().getOrDefault(name, -1L);
        if (value < least) {
            throw new ModelFormatException(
                    name + " " + value + " of a streaming model",
                    least + " or more",
                    "write or download the file again");
        }
        return Math.toIntExact(value);
    }
}
