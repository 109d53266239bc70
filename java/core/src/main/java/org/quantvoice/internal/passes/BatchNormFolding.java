package org.quantvoice.internal.passes;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;

/**
 * Multiplies a batch norm with stored statistics into the weights of the linear layer or convolution before it: {@code
 * norm(W x + b) = (f W) x + (f (b - mean) + beta)} with {@code f = gamma / sqrt(variance + eps)}.
 */
public final class BatchNormFolding {
    private final Graph graph;
    private final Map<Integer, List<Node>> users = new HashMap<>();

    private BatchNormFolding(Graph graph) {
        this.graph = graph;
        graph.nodes().forEach(n -> n.inputs().forEach(v -> users.computeIfAbsent(v.id(), k -> new ArrayList<>())
                .add(n)));
    }

    /** Returns the graph without the norms that can be folded. */
    public static Graph apply(Graph graph) {
        return new BatchNormFolding(graph).fold();
    }

    private Graph fold() {
        Map<Node, Node> normOf = new HashMap<>();
        Set<Node> dropped = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (node.op() == Op.BATCH_NORM) {
                producer(node).ifPresent(layer -> {
                    normOf.put(layer, node);
                    dropped.add(node);
                });
            }
        }
        if (dropped.isEmpty()) {
            return graph;
        }
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : graph.nodes()) {
            if (dropped.contains(node)) {
                copy.replace(node.output(), copy.value(node.input(0)));
            } else if (normOf.containsKey(node)) {
                addFolded(copy, node, normOf.get(node));
            } else {
                copy.add(node);
            }
        }
        return copy.build();
    }

    /** Returns the layer whose output channels the norm scales, if nothing else reads its output. */
    private Optional<Node> producer(Node norm) {
        Value at = norm.input(0);
        int axis = 1;
        while (requireNonNull(users.get(at.id())).size() == 1) {
            Node node = graph.producer(at).orElse(null);
            if (node == null) {
                return Optional.empty();
            }
            if (node.op() == Op.TRANSPOSE) {
                axis = node.attributes().ints("order")[axis];
                at = node.input(0);
                continue;
            }
            boolean linear = node.op() == Op.LINEAR && axis == at.shape().rank() - 1;
            boolean convolution = (node.op() == Op.CONV1D || node.op() == Op.CONV2D) && axis == 1;
            boolean known = (linear || convolution)
                    && node.inputs().stream().skip(1).allMatch(v -> graph.constant(v)
                            .isPresent());
            return known ? Optional.of(node) : Optional.empty();
        }
        return Optional.empty();
    }

    private void addFolded(GraphCopy copy, Node layer, Node norm) {
        float[] mean = floats(norm.input(1));
        float[] variance = floats(norm.input(2));
        float[] gamma = norm.inputs().size() > 3 ? floats(norm.input(3)) : null;
        float[] beta = norm.inputs().size() > 4 ? floats(norm.input(4)) : null;
        double eps = norm.attributes().number("eps");
        TensorData weight = graph.constant(layer.input(1)).orElseThrow().data();
        float[] bias = layer.inputs().size() > 2 ? floats(layer.input(2)) : new float[mean.length];
        float[] folded = new float[mean.length];
        float[] factors = new float[mean.length];
        for (int c = 0; c < mean.length; c++) {
            double factor = (gamma == null ? 1 : gamma[c]) / Math.sqrt(variance[c] + eps);
            folded[c] = (float) ((bias[c] - mean[c]) * factor + (beta == null ? 0 : beta[c]));
            factors[c] = (float) factor;
        }
        TensorData scaled = weight instanceof Int8Tensor int8 ? int8.times(factors) : times(weight, factors);
        Value newWeight = copy.constant(layer.input(1).label() + ".folded", scaled);
        Value newBias = copy.constant(layer.input(1).label() + ".bias.folded", ArrayTensor.of(folded, mean.length));
        Attributes attributes = layer.attributes();
        copy.add(layer, attributes, List.of(copy.value(layer.input(0)), newWeight, newBias));
    }

    private static TensorData times(TensorData weight, float[] factors) {
        float[] w = weight.floats();
        int size = w.length / factors.length;
        for (int i = 0; i < w.length; i++) {
            w[i] *= factors[i / size];
        }
        return ArrayTensor.of(w, weight.shape());
    }

    private float[] floats(Value value) {
        return graph.constant(value).orElseThrow().data().floats();
    }
}
