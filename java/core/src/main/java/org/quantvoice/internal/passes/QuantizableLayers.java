package org.quantvoice.internal.passes;

import java.util.List;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/** Finds products of a graph with constant weights that the kernels can compute in int8. */
public final class QuantizableLayers {
    private static final Set<Op> LAYERS = Set.of(Op.LINEAR, Op.CONV1D, Op.CONV2D);
    /** Largest number of products in an int32 sum: 65,536 * 255 * 127 < 2^31. */
    private static final long MOST_INPUTS = 65536;

    private QuantizableLayers() {}

    /**
     * Returns the layers in the order of the graph, without recurrences, tables and layers that compute a spectrum.
     */
    public static List<Node> of(Graph graph) {
        Set<Node> spectra = Spectra.of(graph);
        return graph.nodes().stream()
                .filter(n -> LAYERS.contains(n.op()))
                .filter(n -> graph.constant(n.input(1)).isPresent())
                .filter(n -> graph.constant(n.input(1)).orElseThrow().data().size()
                                / n.input(1).shape().dim(0).constant()
                        <= MOST_INPUTS)
                .filter(n -> !isDepthwise(n) && !n.attributes().flag(LayerPrecision.EXACT))
                .filter(n -> !spectra.contains(n))
                .toList();
    }

    private static boolean isDepthwise(Node node) {
        return node.op() != Op.LINEAR
                && node.input(1).shape().dim(1).is(1)
                && node.attributes().integer("groups") > 1;
    }
}
