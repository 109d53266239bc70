package org.quantvoice.internal.exec;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.quantize.Quantizer;
import org.quantvoice.internal.quantize.WeightRounding;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.WeightFormat;

/** Models of a few kilobytes with the operators of real ones: waveform {@code [1, T]} to log-probs {@code [1, frames, 5]}. */
public final class SmallModels {
    static final int CLASSES = 5;
    private static final int WIDTH = 8;
    private static final int KERNEL = 10;
    private static final int STRIDE = 5;

    private final GraphBuilder builder = new GraphBuilder();
    private final Random random = new Random(7);

    private final boolean floatOnly;

    private SmallModels(boolean floatOnly) {
        this.floatOnly = floatOnly;
    }

    /** Convolutions, norms, attention, a feed-forward layer; every precision there is. */
    public static Graph transformer() {
        return new SmallModels(false).attending();
    }

    /** The transformer before anything is quantized. */
    public static Graph floats() {
        return new SmallModels(true).attending();
    }

    /** The transformer with weights of 2 to 7 bits, linear and powers of two, packed. */
    public static Graph packed() {
        QuantRecipe recipe = new QuantRecipe(List.of(), List.of(""), ActivationObserver.MIN_MAX, true)
                .withWeights("", WeightFormat.linear(2))
                .withWeights("conv", WeightFormat.linear(3))
                .withWeights("q", WeightFormat.linear(5))
                .withWeights("k", WeightFormat.log2(3))
                .withWeights("v", WeightFormat.linear(7))
                .withWeights("o", WeightFormat.log2(6))
                .withWeights("up", WeightFormat.linear(4))
                .withWeights("down", WeightFormat.linear(6));
        Quantizer quantizer = new Quantizer(floats(), recipe);
        return quantizer
                .apply(quantizer.precisions(List.of(), (samples, taps) -> Map.of(), Progress.none()))
                .graph();
    }

    /** A convolution of two axes, an LSTM in both directions, a GRU, gates and padding. */
    public static Graph recurrent() {
        return new SmallModels(false).remembering();
    }

    /** The same before anything is quantized. */
    public static Graph recurrentFloats() {
        return new SmallModels(true).remembering();
    }

    /** Samples of chance, the same for a length at all times. */
    public static float[] noise(int length) {
        Random random = new Random(3);
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = random.nextFloat() - 0.5f;
        }
        return samples;
    }

    public static Path write(Graph graph, Path file) {
        Map<String, String> provenance = Map.of("source", "small.pt", "sdk", "test");
        QvFile.write(new QvModel(graph, Optional.of("{\"tokens\":[\"\",\"a\",\"b\",\"c\",\" \"]}"), provenance), file);
        return file;
    }

    private Graph attending() {
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Value x = front(wav);
        Value norm = builder.add(
                Op.LAYER_NORM,
                "norm",
                Attributes.of("axes", 1, "eps", 1e-5),
                x,
                floats("norm.weight", WIDTH),
                floats("norm.bias", WIDTH));
        Value q = heads(linear("q", norm, WIDTH, LayerPrecision.DYNAMIC));
        Value k = heads(linear("k", norm, WIDTH, LayerPrecision.DYNAMIC));
        Value v = heads(linear("v", norm, WIDTH, LayerPrecision.DYNAMIC));
        Value mixed = builder.add(Op.ATTENTION, "attention", Attributes.of("scale", 0.5), q, k, v);
        Dim frames = x.shape().dim(1);
        Value joined = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1, 3}), mixed);
        joined = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, frames, Dim.of(WIDTH))), joined);
        Value sum = builder.add(
                Op.ADD, "", Attributes.NONE, x, linear("o", joined, WIDTH, LayerPrecision.statically(0.05, 128)));
        Value up = builder.add(Op.GELU, "up", Attributes.NONE, linear("up", sum, 2 * WIDTH, LayerPrecision.FLOAT));
        LayerPrecision bfloat16 = new LayerPrecision(LayerPrecision.Kind.BFLOAT16, 1, 0);
        return classes(builder.add(Op.ADD, "", Attributes.NONE, sum, linear("down", up, WIDTH, bfloat16)));
    }

    private Graph remembering() {
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Value x = front(wav);
        Dim frames = x.shape().dim(1);
        Value image = builder.add(
                Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, frames, Dim.of(WIDTH))), x);
        Attributes window = Attributes.of(
                "stride", new int[] {1, 2}, "padding", new int[] {1, 1}, "dilation", new int[] {1, 1}, "groups", 1);
        Value planes = builder.add(
                Op.CONV2D, "conv2d", window, image, floats("conv2d.weight", 2, 1, 3, 3), floats("conv2d.bias", 2));
        planes = builder.add(
                Op.TRANSPOSE,
                "",
                Attributes.of("order", new int[] {0, 2, 1, 3}),
                builder.add(Op.RELU, "", Attributes.NONE, planes));
        Value rows =
                builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, frames, Dim.of(WIDTH))), planes);
        Value lstm = recurrence(Op.LSTM, "lstm", rows, 4, 2);
        Value gated = builder.add(Op.GLU, "", Attributes.of("axis", 2), lstm);
        Value gru = recurrence(Op.GRU, "gru", gated, 3, 1);
        List<Dim> pads = List.of(Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.of(2), Dim.of(2));
        return classes(builder.add(Op.PAD, "", Attributes.of("pads", pads, "mode", "constant", "value", 0.0), gru));
    }

    /** {@code [1, frames, WIDTH]} of a strided convolution. */
    private Value front(Value wav) {
        Dim samples = wav.shape().dim(1);
        Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, samples)), wav);
        LayerPrecision precision = floatOnly ? LayerPrecision.FLOAT : LayerPrecision.statically(0.01, 128);
        Attributes window = precision.in(Attributes.of(
                "stride", new int[] {STRIDE}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1));
        Value weight = floatOnly ? floats("conv.weight", WIDTH, 1, KERNEL) : int8("conv.weight", WIDTH, 1, KERNEL);
        Value y = builder.add(Op.CONV1D, "conv", window, x, weight, floats("conv.bias", WIDTH));
        y = builder.add(Op.GELU, "", Attributes.NONE, y);
        return builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), y);
    }

    private Value heads(Value x) {
        List<Dim> shape = List.of(Dim.ONE, x.shape().dim(1), Dim.of(2), Dim.of(WIDTH / 2));
        Value split = builder.add(Op.RESHAPE, "", Attributes.of("shape", shape), x);
        return builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1, 3}), split);
    }

    private Value recurrence(Op op, String name, Value x, int gates, int directions) {
        int width = (int) x.shape().dim(2).constant();
        Value[] operands = new Value[1 + 4 * directions];
        operands[0] = x;
        for (int d = 0; d < directions; d++) {
            String at = name + "." + d + ".";
            operands[1 + 4 * d] = floats(at + "w_ih", gates * WIDTH, width);
            operands[2 + 4 * d] = floats(at + "w_hh", gates * WIDTH, WIDTH);
            operands[3 + 4 * d] = floats(at + "b_ih", gates * WIDTH);
            operands[4 + 4 * d] = floats(at + "b_hh", gates * WIDTH);
        }
        Attributes attributes =
                Attributes.of("layers", 1, "bidirectional", directions == 2, "batchFirst", true, "bias", true);
        return builder.addAll(op, name, attributes, List.of(operands)).get(0);
    }

    private Graph classes(Value x) {
        Value scores = linear("head", x, CLASSES, LayerPrecision.DYNAMIC);
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), scores)));
    }

    private Value linear(String name, Value x, int outputs, LayerPrecision wanted) {
        LayerPrecision precision = floatOnly ? LayerPrecision.FLOAT : wanted;
        int inputs = (int) x.shape().dim(2).constant();
        Value weight = precision.isInt8()
                ? int8(name + ".weight", outputs, inputs)
                : floats(name + ".weight", outputs, inputs);
        return builder.add(Op.LINEAR, name, precision.in(Attributes.NONE), x, weight, floats(name + ".bias", outputs));
    }

    private Value floats(String name, int... shape) {
        return builder.constant(name, tensor(shape), true);
    }

    private Value int8(String name, int... shape) {
        return builder.constant(name, WeightRounding.int8(tensor(shape)), true);
    }

    private ArrayTensor tensor(int... shape) {
        int size = 1;
        long[] dims = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            size *= shape[i];
            dims[i] = shape[i];
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return ArrayTensor.of(values, dims);
    }
}
