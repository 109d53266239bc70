package org.quantvoice.internal.quantize;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Recurrence;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.quant.WeightFormat;

/**
 * Finds layers that only the dynamic method can quantize. Recurrences: the input's product finds a range for each
 * frame, the state's one for each step. Embedding: its table is stored in whole numbers with one scale for each row,
 * and widened to floats when the model is opened; nothing is multiplied, so it needs no range. As in PyTorch's {@code
 * quantize_dynamic}, a name covers recurrent layers below it, but an embedding must be named itself.
 */
public final class DynamicLayers {
    private DynamicLayers() {}

    /** Returns all layers of a model that can be dynamic. */
    public static List<Node> all(Graph graph) {
        return graph.nodes().stream()
                .filter(DynamicLayers::has)
                .filter(n -> weights(n).stream().allMatch(i -> isOwn(graph, n, i)))
                .toList();
    }

    /** Returns the dynamic-only layers that a name covers. */
    static List<Node> covered(Graph graph, String name) {
        return all(graph).stream()
                .filter(n -> isTable(n) ? name.equals(n.path()) : Quantizer.covers(name, n.path()))
                .toList();
    }

    /** Returns the description of such a layer that {@code inspect} lists. */
    public static ModuleInfo info(Graph graph, Node node) {
        long parameters = 0;
        long bytes = 0;
        for (Value value : node.inputs()) {
            TensorData data = graph.constant(value).map(Constant::data).orElse(null);
            if (data != null && data.type() == DType.FLOAT) {
                parameters += data.size();
                bytes += QvFile.size(data);
            }
        }
        List<Long> shape =
                weight(node).shape().dims().stream().map(Dim::constant).toList();
        return new ModuleInfo(node.path(), type(node), shape, parameters, bytes, List.of("dynamic"));
    }

    /** Returns whether a weight is a constant that only its layer uses. */
    private static boolean isOwn(Graph graph, Node layer, int weight) {
        int id = layer.input(weight).id();
        return graph.constant(layer.input(weight)).isPresent()
                && graph.nodes().stream()
                        .filter(n -> n.op() != layer.op() || !n.path().equals(layer.path()))
                        .noneMatch(n -> n.inputs().stream().anyMatch(v -> v.id() == id));
    }

    static boolean isRecurrence(Node node) {
        return Recurrence.is(node.op());
    }

    private static boolean isTable(Node node) {
        return node.op() == Op.EMBEDDING && node.input(0).type() == DType.FLOAT;
    }

    static boolean has(Node node) {
        return isRecurrence(node) || isTable(node);
    }

    /** Returns the module type of such a layer. */
    static String type(Node node) {
        return isTable(node) ? "Embedding" : node.op().name();
    }

    /** Returns the first weight of such a layer, or the weight of a product. */
    public static Value weight(Node node) {
        return node.input(has(node) ? weights(node).get(0) : 1);
    }

    /** Returns the indices of the inputs that are matrices; biases stay float. */
    private static List<Integer> weights(Node node) {
        if (isTable(node)) {
            return List.of(0);
        }
        Attributes attributes = node.attributes();
        int states = attributes.flag("state") ? (node.op() == Op.LSTM ? 2 : 1) : 0;
        int each = attributes.flag("bias") ? 4 : 2;
        return IntStream.range(1 + states, node.inputs().size())
                .filter(i -> (i - 1 - states) % each < 2)
                .boxed()
                .toList();
    }

    /**
     * Adds a node with quantized weights to a copy of the graph.
     *
     * @param rounded gives the copy's value for the weight at an index of the node's inputs
     */
    static void add(GraphCopy copy, Node node, WeightFormat format, Function<Integer, Value> rounded) {
        List<Integer> weights = weights(node);
        List<Value> inputs = IntStream.range(0, node.inputs().size())
                .mapToObj(i -> weights.contains(i) ? rounded.apply(i) : copy.value(node.input(i)))
                .toList();
        LayerPrecision precision = format.isInteger() ? LayerPrecision.DYNAMIC : LayerPrecision.BFLOAT16;
        copy.add(node, precision.in(node.attributes()), inputs);
    }
}
