package org.quantvoice.internal.quantize;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;

/** Finds the float weights that may be closed once they are rounded, because nothing else in the graph uses them. */
final class ConsumedWeights {
    private ConsumedWeights() {}

    /**
     * Returns the weights of rounded products that no other node reads, each as an object of its own.
     *
     * @param rounded whether a product's weight is rounded
     */
    static Set<TensorData> of(Graph graph, Predicate<Node> rounded) {
        Set<TensorData> consumed = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<TensorData> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Node node : graph.nodes()) {
            boolean product = rounded.test(node);
            for (int i = 0; i < node.inputs().size(); i++) {
                Set<TensorData> into = product && i == 1 ? consumed : used;
                graph.constant(node.input(i)).ifPresent(c -> into.add(c.data()));
            }
        }
        consumed.removeAll(used);
        return consumed;
    }
}
