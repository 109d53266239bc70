package org.quantvoice.internal.huggingface;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.FolderWeights;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * Writes PyTorch's modules into a graph, with a folder's parameters under their paths in the folder. Tensors are
 * {@code [batch, time, channels]} unless said otherwise.
 */
final class Modules {
    static final double LAYER_NORM_EPS = 1e-5;

    private final GraphBuilder graph = new GraphBuilder();
    private final FolderWeights weights;

    Modules(FolderWeights weights) {
        this.weights = weights;
    }

    GraphBuilder graph() {
        return graph;
    }

    FolderWeights weights() {
        return weights;
    }

    Graph build(Value output) {
        return graph.build(List.of(output));
    }

    /** Adds a parameter of the folder to the graph. */
    Value parameter(String name, long... shape) {
        return graph.constant(name, weights.take(name, shape), true);
    }

    /** Adds a tensor that was computed from parameters, or from none. */
    Value constant(String name, TensorData data) {
        return graph.constant(name, data, false);
    }

    Value floats(String name, float[] values, long... shape) {
        return constant(name, ArrayTensor.of(values, shape));
    }

    Value add(Op op, String path, Attributes attributes, Value... operands) {
        return graph.add(op, path, attributes, operands);
    }

    Value sum(String path, Value a, Value b) {
        return graph.add(Op.ADD, path, Attributes.NONE, a, b);
    }

    Value product(String path, Value a, Value b) {
        return graph.add(Op.MUL, path, Attributes.NONE, a, b);
    }

    Value scaled(String path, Value x, double factor) {
        return graph.add(Op.MUL, path, Attributes.of("scalar", factor), x);
    }

    Value shifted(String path, Value x, double addend) {
        return graph.add(Op.ADD, path, Attributes.of("scalar", addend), x);
    }

    Value transpose(String path, Value x, int... order) {
        return graph.add(Op.TRANSPOSE, path, Attributes.of("order", order), x);
    }

    /** Exchanges two axes: {@code [batch, a, b]} becomes {@code [batch, b, a]}. */
    Value swapped(String path, Value x) {
        return transpose(path, x, 0, 2, 1);
    }

    Value reshape(String path, Value x, Dim... shape) {
        return graph.add(Op.RESHAPE, path, Attributes.of("shape", List.of(shape)), x);
    }

    Value slice(String path, Value x, int axis, Dim start, Dim end) {
        Attributes attributes = Attributes.of("axis", axis, "start", start, "end", end, "step", 1);
        return graph.add(Op.SLICE, path, attributes, x);
    }

    /** Adds zeros before and after one axis. */
    Value padded(String path, Value x, int axis, Dim before, Dim after) {
        List<Dim> pads = new ArrayList<>();
        for (int i = 0; i < x.shape().rank(); i++) {
            pads.add(i == axis ? before : Dim.ZERO);
            pads.add(i == axis ? after : Dim.ZERO);
        }
        return graph.add(Op.PAD, path, Attributes.of("pads", pads, "mode", "constant", "value", 0.0), x);
    }

    Value linear(String path, Value x, int in, int out, boolean bias) {
        Value weight = parameter(path + ".weight", out, in);
        return bias
                ? graph.add(Op.LINEAR, path, Attributes.NONE, x, weight, parameter(path + ".bias", out))
                : graph.add(Op.LINEAR, path, Attributes.NONE, x, weight);
    }

    /** Normalizes over the last axis. */
    Value layerNorm(String path, Value x, int size, double eps, boolean bias) {
        Attributes attributes = Attributes.of("axes", 1, "eps", eps);
        Value weight = parameter(path + ".weight", size);
        return bias
                ? graph.add(Op.LAYER_NORM, path, attributes, x, weight, parameter(path + ".bias", size))
                : graph.add(Op.LAYER_NORM, path, attributes, x, weight);
    }

    Value layerNorm(String path, Value x, int size, double eps) {
        return layerNorm(path, x, size, eps, true);
    }

    /** Normalizes over the last axis, without parameters. */
    Value plainLayerNorm(String path, Value x, double eps) {
        return graph.add(Op.LAYER_NORM, path, Attributes.of("axes", 1, "eps", eps), x);
    }

    /** Normalizes {@code [batch, channels, time]}, each channel on its own over time. */
    Value channelNorm(String path, Value x, int channels) {
        Attributes attributes = Attributes.of("groups", channels, "eps", LAYER_NORM_EPS);
        Value weight = parameter(path + ".weight", channels);
        return graph.add(Op.GROUP_NORM, path, attributes, x, weight, parameter(path + ".bias", channels));
    }

    /** Normalizes {@code [batch, channels, time]} with the statistics of the training. */
    Value batchNorm(String path, Value x, int channels, double eps) {
        return graph.add(
                Op.BATCH_NORM,
                path,
                Attributes.of("eps", eps),
                x,
                parameter(path + ".running_mean", channels),
                parameter(path + ".running_var", channels),
                parameter(path + ".weight", channels),
                parameter(path + ".bias", channels));
    }

    /** Convolves {@code [batch, channels, time]}. */
    Value conv1d(String path, Value x, Convolution shape) {
        return convolve(path, x, parameter(path + ".weight", shape.weightShape()), shape);
    }

    /** Convolves with weights that were computed. */
    Value convolve(String path, Value x, Value weight, Convolution shape) {
        Attributes attributes = Attributes.of(
                "stride",
                new int[] {shape.stride()},
                "padding",
                new int[] {shape.padding()},
                "dilation",
                new int[] {1},
                "groups",
                shape.groups());
        return shape.bias()
                ? graph.add(Op.CONV1D, path, attributes, x, weight, parameter(path + ".bias", shape.out()))
                : graph.add(Op.CONV1D, path, attributes, x, weight);
    }

    /** Convolves {@code [batch, channels, rows, columns]}, with equal settings along both axes, with a bias. */
    Value conv2d(String path, Value x, Value weight, int out, int stride, int padding, int groups) {
        Attributes attributes = Attributes.of(
                "stride",
                new int[] {stride, stride},
                "padding",
                new int[] {padding, padding},
                "dilation",
                new int[] {1, 1},
                "groups",
                groups);
        return graph.add(Op.CONV2D, path, attributes, x, weight, parameter(path + ".bias", out));
    }

    Value activation(String path, String name, Value x, Settings settings) {
        return Activations.apply(graph, path, name, x, settings);
    }

    /** Splits heads: {@code [batch, time, heads * size]} becomes {@code [batch, heads, time, size]}. */
    Value heads(String path, Value x, int heads, int size) {
        Value split = reshape(path, x, x.shape().dim(0), x.shape().dim(1), Dim.of(heads), Dim.of(size));
        return transpose(path, split, 0, 2, 1, 3);
    }

    /** Joins heads, which reverses {@link #heads}. */
    Value joined(String path, Value x) {
        Shape shape = x.shape();
        Value time = transpose(path, x, 0, 2, 1, 3);
        return reshape(path, time, shape.dim(0), shape.dim(2), shape.dim(1).times(shape.dim(3)));
    }

    /** Writes scaled dot-product attention of {@code [batch, heads, time, size]}. */
    Value attention(String path, Value query, Value key, Value value, double scale) {
        return graph.add(Op.ATTENTION, path, Attributes.of("scale", scale), query, key, value);
    }

    /**
     * Writes the attention with numbers {@code [batch or 1, heads or 1, time, time]} that are added to the scores.
     */
    Value attention(String path, Value query, Value key, Value value, double scale, Value bias) {
        return graph.add(Op.ATTENTION, path, Attributes.of("scale", scale), query, key, value, bias);
    }
}
