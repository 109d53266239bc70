package org.quantvoice.internal.quantize;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import org.quantvoice.internal.qv.QvModel;
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

    private final List<Node> layers;
    private final Graph graph;
    private final long fixedFile;
    private final long fixedMemory;

    /**
     * Measures a graph.
     *
     * @param layers layers whose format is chosen, each with a weight of its own
     * @param pins formats of the other layers' weights by name; weights that it lacks stay as they are
     */
    public ModelSizes(
            Graph graph,
            List<Node> layers,
            Map<String, WeightFormat> pins,
            WeightScheme scheme,
            Optional<String> tokens,
            Map<String, String> provenance) {
        this.graph = graph;
        this.layers = layers;
        Set<String> chosen = new HashSet<>();
        layers.forEach(n -> chosen.add(n.input(1).name()));
        Map<String, Integer> groups = groups(graph);
        Set<String> biases = packedBiases(graph);
        long file = 0;
        long memory = 0;
        for (Constant constant : graph.constants().values()) {
            String name = constant.name();
            WeightFormat format = pins.getOrDefault(name, WeightFormat.FLOAT);
            if (!chosen.contains(name)) {
                file += pins.containsKey(name) ? file(constant.data(), format) : QvFile.size(constant.data());
                memory += biases.contains(name) ? 0 : memory(constant.data(), groups.getOrDefault(name, 1), format);
            }
        }
        pins.forEach((name, format) -> {
            if (!format.equals(WeightFormat.FLOAT)) {
                chosen.add(name);
            }
        });
        fixedFile = file + header(chosen, scheme, tokens, provenance);
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

    /**
     * Returns the size of a header with the narrowest weights, whose description is the longest, and some bytes more
     * for the lengths of its numbers.
     */
    private long header(
            Set<String> chosen, WeightScheme scheme, Optional<String> tokens, Map<String, String> provenance) {
        WeightFormat narrow = new WeightFormat(WeightFormat.fewest(scheme), scheme);
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
        QvModel model = new QvModel(copy.build(), tokens, provenance);
        long constants = graph.constants().size() + chosen.size();
        return QvFile.fileSize(model) - QvFile.size(model) + DIGITS * constants + ALIGN;
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
        return file(weight(layer), format);
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
        Node node = layers.get(layer);
        return memory(weight(layer), groups(node), format);
    }

    @Override
    public long weights(int layer) {
        return weight(layer).size();
    }

    private static long memory(TensorData data, int groups, WeightFormat format) {
        long[] shape = data.shape();
        if (shape.length < 2 || data.size() == 0) {
            return Float.BYTES * data.size();
        }
        return groups * Kernels.packedBytes(shape[0] / groups, data.size() / shape[0], format.bits());
    }

    private TensorData weight(int layer) {
        return graph.constant(layers.get(layer).input(1)).orElseThrow().data();
    }
}
