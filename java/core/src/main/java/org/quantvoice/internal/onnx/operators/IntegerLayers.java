package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.IntegerProduct;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.StoredWeight;

/** Writes layers whose weights a file stores in 8 bits, with exactly these weights. */
final class IntegerLayers {
    private static final String NOT_OURS = "int8 of another kind";

    private IntegerLayers() {}

    /**
     * Writes a linear layer.
     *
     * @param weight {@code [out, in]}
     */
    static Value linear(Call call, Operand x, StoredWeight weight) {
        return layer(call, Op.LINEAR, Attributes.NONE, x, weight, null);
    }

    /** Writes a convolution; the second operand is the weight, the third the bias. */
    static Value convolution(Call call, Window window, int groups) {
        StoredWeight weight = ((Operand.Stored) call.operand(1)).weight();
        Operand x = padded(call, window, call.operand(0));
        Value bias = call.has(2) ? call.value(2) : null;
        return layer(call, window.op(call), window.attributes(groups), x, weight, bias);
    }

    /** Pads a quantized input with 0, which every range holds. */
    private static Operand padded(Call call, Window window, Operand x) {
        if (x instanceof Operand.Rounded rounded) {
            return new Operand.Rounded(window.padded(call, rounded.x(), 0), rounded.levels(), rounded.whole());
        }
        if (x instanceof Operand.DynamicRounded rounded) {
            return new Operand.DynamicRounded(window.padded(call, rounded.x(), 0));
        }
        return call.result(window.padded(call, call.value(0), 0), call.type(0));
    }

    private static Value layer(
            Call call,
            Op op,
            Attributes attributes,
            Operand x,
            StoredWeight weight,
            org.quantvoice.graph.@org.jspecify.annotations.Nullable Value bias) {
        Optional<Int8Tensor> int8 = weight.int8();
        Optional<LayerPrecision> precision = precision(x);
        boolean taken = int8.isPresent() && precision.isPresent();
        Value input = taken ? source(x) : call.evaluator().value(x, call);
        Value values = call.build().constant(weight.name(), taken ? int8.get() : weight.floats());
        Attributes all = taken ? precision.get().in(attributes) : LayerPrecision.stored(attributes, NOT_OURS);
        List<Value> operands = new ArrayList<>(List.of(input, values));
        if (bias != null) {
            operands.add(bias);
        }
        return call.add(op, all, operands.toArray(Value[]::new));
    }

    /** Returns the precision with which the kernels quantize the same way; empty if they cannot. */
    private static Optional<LayerPrecision> precision(Operand x) {
        if (x instanceof Operand.Rounded rounded && rounded.levels().isByte()) {
            return Optional.of(LayerPrecision.statically(
                    rounded.levels().scale(), rounded.levels().unsignedZero()));
        }
        return x instanceof Operand.DynamicRounded ? Optional.of(LayerPrecision.DYNAMIC) : Optional.empty();
    }

    private static Value source(Operand x) {
        return x instanceof Operand.Rounded rounded ? rounded.x() : ((Operand.DynamicRounded) x).x();
    }

    /** Multiplies scales of activations and weights with each other, or with the sums to which they belong. */
    static Optional<List<Operand>> multiply(Call call, int i, int other) {
        Operand x = call.operand(i);
        Operand y = call.operand(other);
        if (x instanceof Operand.Dynamic scale
                && scale.part() == Operand.Dynamic.Part.SCALE
                && y instanceof Operand.Fixed fixed
                && isVector(fixed)) {
            return Optional.of(List.of(
                    new Operand.DynamicScale(scale.x(), boxed(fixed.data().floats()))));
        }
        if (x instanceof Operand.Sums sums && y instanceof Operand.DynamicScale scale) {
            return scaled(call, sums.product(), scale);
        }
        if (x instanceof Operand.Sums sums
                && y instanceof Operand.Dynamic scale
                && scale.part() == Operand.Dynamic.Part.SCALE) {
            return scaled(call, sums.product(), new Operand.DynamicScale(scale.x(), List.of(1f)));
        }
        return Optional.empty();
    }

    private static boolean isVector(Operand.Fixed fixed) {
        long longest = java.util.Arrays.stream(fixed.data().shape()).max().orElse(1);
        return fixed.data().size() == longest && fixed.data().type() == org.quantvoice.graph.DType.FLOAT;
    }

    private static List<Float> boxed(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    private static Optional<List<Operand>> scaled(Call call, IntegerProduct product, Operand.DynamicScale scale) {
        int channels = Math.toIntExact(product.weight().shape()[0]);
        boolean fits = scale.channels().size() == 1 || scale.channels().size() == channels;
        if (!fits || !sameSource(call, product.x(), scale.x())) {
            return Optional.empty();
        }
        float[] scales = new float[scale.channels().size()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = scale.channels().get(i);
        }
        Operand x = new Operand.DynamicRounded(product.x());
        StoredWeight weight = product.weight().scaled(scales);
        return Optional.of(call.floats(layer(call, product.op(), product.attributes(), x, weight, null)));
    }

    /**
     * Returns whether one value is the other or its padded form; padding does not change the range, which holds 0.
     */
    private static boolean sameSource(Call call, Value x, Value source) {
        return x.equals(source)
                || call.graph()
                        .producer(x)
                        .filter(n -> n.op() == Op.PAD && n.input(0).equals(source))
                        .isPresent();
    }
}
