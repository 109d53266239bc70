package org.quantvoice.internal.passes;

import java.util.List;
import java.util.Map;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/** Finds the fewest samples with which no tensor of a graph {@code [1, samples] -> ..} is empty. */
public final class ShortestInput {
    private static final long MOST = 1 << 22;

    private ShortestInput() {}

    public static long of(Graph graph) {
        long low = 0;
        long high = 1;
        while (!enough(graph, high)) {
            low = high;
            high *= 2;
            if (high > MOST) {
                throw new ModelFormatException(
                        "a model that gives no frame for " + MOST + " samples",
                        "a model of one waveform [1, samples]",
                        "check the model's inputs with qv inspect");
            }
        }
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (enough(graph, middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private static boolean enough(Graph graph, long samples) {
        Map<String, Long> sizes = graph.sizes(List.of(new long[] {1, samples}), Map.of());
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                boolean empty = value.shape().dims().stream().anyMatch(d -> d.evaluate(sizes) < 1);
                if (empty) {
                    return false;
                }
            }
        }
        return true;
    }
}
