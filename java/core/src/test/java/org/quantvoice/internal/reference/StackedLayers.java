package org.quantvoice.internal.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/** An encoder of many layers, as large models have them: a convolution, and residual blocks of a norm, a product and a gate. */
public final class StackedLayers {
    private static final int STRIDE = 10;
    private static final int CLASSES = 5;

    private final GraphBuilder builder = new GraphBuilder();
    private final Random random = new Random(11);
    private final int width;

    private final boolean sharing;
    private @Nullable Value shared;

    private StackedLayers(int width, boolean sharing) {
        this.width = width;
        this.sharing = sharing;
    }

    /**
     * A float model, {@code [1, T]} to log-probs {@code [1, frames, 5]}.
     *
     * @param gates the activation of each layer
     */
    public static Graph of(int width, Op... gates) {
        return new StackedLayers(width, false).graph(gates);
    }

    /** The same where the first layer makes a value that all later ones use too, as some do with a table of positions. */
    static Graph sharing(int width, Op... gates) {
        return new StackedLayers(width, true).graph(gates);
    }

    private Graph graph(Op... gates) {
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        List<Dim> plane = List.of(Dim.ONE, Dim.ONE, wav.shape().dim(1));
        Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", plane), wav);
        Attributes window = Attributes.of(
                "stride", new int[] {STRIDE}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        x = builder.add(Op.CONV1D, "conv", window, x, weight("conv", 0.3, width, 1, 2 * STRIDE));
        x = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), x);
        for (int layer = 0; layer < gates.length; layer++) {
            x = block("layers." + layer, gates[layer], x);
        }
        Value scores = builder.add(Op.LINEAR, "head", Attributes.NONE, x, weight("head", 1, CLASSES, width));
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), scores)));
    }

    private Value block(String path, Op gate, Value x) {
        Value norm = builder.add(
                Op.LAYER_NORM,
                path + ".norm",
                Attributes.of("axes", 1, "eps", 1e-5),
                x,
                weight(path + ".norm.weight", 1, width),
                weight(path + ".norm.bias", 0.1, width));
        Value product = builder.add(
                Op.LINEAR, path + ".linear", Attributes.NONE, norm, weight(path + ".linear", 0.5, width, width));
        if (sharing) {
            shared = shared == null ? builder.add(Op.TANH, path + ".table", Attributes.NONE, norm) : shared;
            product = builder.add(Op.ADD, path + ".table", Attributes.NONE, product, shared);
        }
        return builder.add(Op.ADD, path, Attributes.NONE, x, builder.add(gate, path, Attributes.NONE, product));
    }

    private Value weight(String name, double size, int... shape) {
        long[] dims = Arrays.stream(shape).asLongStream().toArray();
        float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        double deviation = size / Math.sqrt(shape.length > 1 ? (double) values.length / shape[0] : 1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return builder.constant(name, ArrayTensor.of(values, dims), true);
    }
}
