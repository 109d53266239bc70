package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.passes.GraphCopy;

/**
 * Divides channels by powers of two in the operator that computes them, and multiplies the weights behind it by the
 * same. Powers of two change no digit of a float, so that the graph gives the same bits as before, unless a number
 * leaves the range of normal floats.
 */
final class ScaleMove {
    private final Graph graph;
    /** Changed weights, by the id of their value. */
    private final Map<Integer, TensorData> weights = new HashMap<>();
    /** Changed constants of norms and biases, by node; other nodes may use the same constants unchanged. */
    private final Map<Node, Map<Integer, TensorData>> own = new HashMap<>();

    private ScaleMove(Graph graph) {
        this.graph = graph;
    }

    /**
     * Returns a graph with scales moved.
     *
     * @param factors of each group's channels, powers of two by which the layers' weights are multiplied
     */
    static Graph apply(Graph graph, Map<ScaleGroup, float[]> factors) {
        if (factors.isEmpty()) {
            return graph;
        }
        ScaleMove move = new ScaleMove(graph);
        factors.forEach(move::add);
        return move.copy();
    }

    private void add(ScaleGroup group, float[] factors) {
        float[] inverse = new float[factors.length];
        for (int c = 0; c < inverse.length; c++) {
            inverse[c] = 1 / factors[c];
        }
        Node giver = group.giver();
        if (!group.isNorm()) {
            scale(giver.input(1), 0, inverse);
        } else if (giver.inputs().size() == 1) {
            own.put(giver, Map.of(1, ArrayTensor.of(inverse, inverse.length)));
        }
        int vectors = group.isNorm() ? 1 : 2;
        for (int i = vectors; i < giver.inputs().size(); i++) {
            TensorData vector = graph.constant(giver.input(i)).orElseThrow().data();
            own.computeIfAbsent(giver, n -> new HashMap<>())
                    .put(i, ArrayTensor.copyOf(new ScaledTensor(vector, 0, inverse)));
        }
        group.layers().stream().map(n -> n.input(1)).distinct().forEach(w -> scale(w, 1, factors));
    }

    private void scale(Value weight, int axis, float[] factors) {
        weights.compute(
                weight.id(),
                (id, before) -> new ScaledTensor(
                        before == null ? graph.constant(weight).orElseThrow().data() : before, axis, factors));
    }

    private Graph copy() {
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : graph.nodes()) {
            Map<Integer, TensorData> changed = own.getOrDefault(node, Map.of());
            List<Value> inputs = new ArrayList<>();
            for (int i = 0; i < node.inputs().size(); i++) {
                inputs.add(changed.containsKey(i) ? vector(copy, node, i, changed.get(i)) : value(copy, node.input(i)));
            }
            if (node.inputs().size() == 1 && changed.containsKey(1)) {
                inputs.add(copy.constant(name(node, "weight"), changed.get(1)));
            }
            copy.add(node, node.attributes(), inputs);
        }
        return copy.build();
    }

    private Value value(GraphCopy copy, Value original) {
        TensorData scaled = weights.get(original.id());
        if (scaled != null) {
            copy.replaceOnce(original, () -> copy.constant(original.name(), scaled));
        }
        return copy.value(original);
    }

    private static Value vector(GraphCopy copy, Node node, int input, TensorData data) {
        return copy.constant(name(node, input == node.inputs().size() - 1 && input > 1 ? "bias" : "weight"), data);
    }

    /** Returns a new name for a changed constant, since other nodes may use the unchanged one. */
    private static String name(Node node, String what) {
        return node.path() + "." + what + ".smoothed." + node.output().id();
    }
}
