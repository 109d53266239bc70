package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.PackedTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/**
 * The sizes of a model: in the file exact to the byte, but for the lengths of some numbers in its header; in memory
 * an upper bound.
 */
public final class ModelSizes implements BitAllocation.Sizes {
    /** Number of digits by which the two offsets of a tensor in the header may grow. */
    private static final int DIGITS = 8;

    private static final int ALIGN = 64;

    /** The layers with a choice, part after part. */
    private final List<Layer> layers = new ArrayList<>();

    private final long fixedFile;
    private final long fixedMemory;

    /**
     * A graph of a model.
     *
     * @param layers layers whose format is chosen, each with a weight of its own
     * @param pins formats of the other layers' weights by name; weights that it lacks stay as they are
     */
    public record Part(Graph graph, List<Node> layers, Map<String, WeightFormat> pins) {

        private Set<String> chosen() {
            Set<String> chosen = new HashSet<>();
            layers.forEach(n -> chosen.add(n.input(1).name()));
            return chosen;
        }
    }

    private record Layer(Node node, TensorData weight) {}

    /**
     * Measures.
     *
     * @param parts all graphs of the model
     * @param fileSize of the file that such graphs with other weights make
     */
    public ModelSizes(List<Part> parts, WeightScheme scheme, ToLongFunction<List<Graph>> fileSize) {
        long file = 0;
        long memory = 0;
        for (Part part : parts) {
            Graph graph = part.graph();
            part.layers()
                    .forEach(n -> layers.add(new Layer(
                            n, graph.constant(n.input(1)).orElseThrow().data())));
            Set<String> chosen = part.chosen();
            Map<String, Integer> groups = groups(graph);
            Set<String> biases = packedBiases(graph);
            for (Constant constant : graph.constants().values()) {
                String name = constant.name();
                WeightFormat format = part.pins().getOrDefault(name, WeightFormat.FLOAT);
                if (!chosen.contains(name)) {
                    file += part.pins().containsKey(name)
                            ? file(constant.data(), format)
                            : QvFile.size(constant.data());
                    memory += biases.contains(name) ? 0 : memory(constant.data(), groups.getOrDefault(name, 1), format);
                }
            }
        }
        fixedFile = file + header(parts, scheme, fileSize);
        fixedMemory = memory;
    }

    /**
     * Returns the number of groups of convolutions by the names of their weights: each group is packed, and padded,
     * on its own.
     */
    private static Map<String, Integer> groups(Graph graph) {
        Map<String, Integer> groups = new HashMap<>();
        graph.nodes().stream()
                .filter(n -> groups(n) > 1)
                .forEach(n -> groups.put(n.input(1).name(), groups(n)));
        return groups;
    }

    /**
     * Returns the biases that are packed with a layer's weights, whose size includes them, and that nothing else
     * uses.
     */
    private static Set<String> packedBiases(Graph graph) {
        List<Node> layers = QuantizableLayers.of(graph);
        Set<String> biases = new HashSet<>();
        layers.stream()
                .filter(n -> n.inputs().size() > 2)
                .forEach(n -> biases.add(n.input(2).name()));
        for (Node node : graph.nodes()) {
            int first = layers.contains(node) ? 3 : 0;
            node.inputs().stream().skip(first).forEach(v -> biases.remove(v.name()));
        }
        graph.outputs().forEach(v -> biases.remove(v.name()));
        return biases;
    }

    private static int groups(Node node) {
        return node.attributes().has("groups") ? node.attributes().integer("groups") : 1;
    }

    /** Returns the size of a header with the narrowest weights, which says most, and some more for the lengths of its numbers. */
    private static long header(List<Part> parts, WeightScheme scheme, ToLongFunction<List<Graph>> fileSize) {
        WeightFormat narrow = new WeightFormat(WeightFormat.fewest(scheme), scheme);
        List<Graph> copies = new ArrayList<>();
        long tensors = 0;
        long constants = 0;
        for (Part part : parts) {
            Set<String> chosen = part.chosen();
            part.pins().forEach((name, format) -> {
                if (!format.equals(WeightFormat.FLOAT)) {
                    chosen.add(name);
                }
            });
            Graph copy = narrowed(part.graph(), chosen, narrow);
            copies.add(copy);
            tensors += copy.constants().values().stream()
                    .mapToLong(c -> QvFile.size(c.data()))
                    .sum();
            constants += part.graph().constants().size() + chosen.size();
        }
        return fileSize.applyAsLong(copies) - tensors + DIGITS * constants + ALIGN;
    }

    private static Graph narrowed(Graph graph, Set<String> chosen, WeightFormat narrow) {
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : graph.nodes()) {
            if (!chosen.contains(node.inputs().size() > 1 ? node.input(1).name() : "")) {
                copy.add(node);
                continue;
            }
            Constant weight = graph.constant(node.input(1)).orElseThrow();
            copy.replaceOnce(
                    node.input(1),
                    () -> copy.constant(
                            weight.name(),
                            PackedTensor.zeros(narrow, weight.data().shape())));
            LayerPrecision longest = LayerPrecision.statically(-Double.MIN_NORMAL * Math.PI, 255);
            copy.add(
                    node,
                    longest.in(node.attributes()),
                    node.inputs().stream().map(copy::value).toList());
        }
        return copy.build();
    }

    @Override
    public long fixedFile() {
        return fixedFile;
    }

    @Override
    public long fixedMemory() {
        return fixedMemory;
    }

    @Override
    public long file(int layer, WeightFormat format) {
        return file(layers.get(layer).weight(), format);
    }

    private static long file(TensorData data, WeightFormat format) {
        long[] shape = data.shape();
        long size = data.size();
        return switch (format.bits()) {
            case 32 -> Float.BYTES * size;
            case 16 -> 2 * size;
            default -> PackedTensor.bytesOf(format, shape) + Float.BYTES * shape[0];
        };
    }

    @Override
    public long memory(int layer, WeightFormat format) {
        Layer chosen = layers.get(layer);
        return memory(chosen.weight(), groups(chosen.node()), format);
    }

    @Override
    public long weights(int layer) {
        return layers.get(layer).weight().size();
    }

    /** Each channel by itself, in time: nothing is packed, and nothing filled up. */
    private static boolean isDepthwise(long[] shape, int groups) {
        return groups > 1 && groups == shape[0] && shape.length == 3 && shape[1] == 1;
    }

    private static long memory(TensorData data, int groups, WeightFormat format) {
        long[] shape = data.shape();
        if (shape.length < 2 || data.size() == 0 || isDepthwise(shape, groups)) {
            return Float.BYTES * data.size();
        }
        return groups * Kernels.packedBytes(shape[0] / groups, data.size() / shape[0], format.bits());
    }
}
