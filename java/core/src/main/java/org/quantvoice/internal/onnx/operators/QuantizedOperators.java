package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.IntegerProduct;
import org.quantvoice.internal.onnx.values.Levels;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.StoredWeight;

/** Translates operators of 8-bit levels: weights that a file stores in int8 are used unchanged, not rounded twice. */
final class QuantizedOperators {
    private QuantizedOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("QuantizeLinear", QuantizedOperators::quantize);
        table.put("DequantizeLinear", QuantizedOperators::dequantize);
        for (String name : List.of("QuantizeLinear", "DequantizeLinear")) {
            table.put(Operators.MICROSOFT + name, table.get(name));
        }
        table.put("DynamicQuantizeLinear", QuantizedOperators::dynamic);
        table.put("MatMulInteger", QuantizedOperators::product);
        table.put("ConvInteger", QuantizedOperators::convolution);
        table.put("QLinearMatMul", QuantizedOperators::roundedProduct);
        table.put("QLinearConv", QuantizedOperators::roundedConvolution);
    }

    private static List<Operand> quantize(Call call) {
        Operand x = call.operand(0);
        ElementType type = call.has(2)
                ? call.type(2)
                : call.hasAttribute("output_dtype") && call.integer("output_dtype", 0) != 0
                        ? ElementType.of(call.integer("output_dtype", 2), "levels")
                        : ElementType.UINT8;
        if (x instanceof Operand.Fixed || x instanceof Operand.Stored || type.width() > 2) {
            throw call.unsupported("of a weight, or to " + type);
        }
        return List.of(new Operand.Rounded(call.value(0), levels(call, 1, 2, type), true));
    }

    private static Levels levels(Call call, int scale, int zero, ElementType type) {
        double step = call.number(scale)
                .orElseThrow(() -> call.unsupported("with scales that depend on the samples or on the channel"));
        double level = call.has(zero)
                ? call.number(zero).orElseThrow(() -> call.unsupported("with zero points that are not known"))
                : 0;
        if (!(step > 0) || Double.isInfinite(step)) {
            throw call.unsupported("with a scale of " + step);
        }
        return new Levels(step, (long) level, type.low(), type.high());
    }

    private static List<Operand> dequantize(Call call) {
        Operand x = call.operand(0);
        if (x instanceof Operand.Rounded rounded && rounded.whole()) {
            Levels levels = levels(call, 1, 2, rounded.levels().low() < 0 ? ElementType.INT8 : ElementType.UINT8);
            boolean same = levels.scale() == rounded.levels().scale()
                    && levels.zero() == rounded.levels().zero();
            if (!same) {
                throw call.unsupported("of levels that lie elsewhere (scale "
                        + rounded.levels().scale() + ")");
            }
            return List.of(new Operand.Rounded(rounded.x(), rounded.levels(), false));
        }
        if (x instanceof Operand.Dynamic dynamic && dynamic.part() == Operand.Dynamic.Part.LEVELS) {
            return List.of(new Operand.DynamicRounded(dynamic.x()));
        }
        if (x instanceof Operand.Fixed fixed && fixed.data().type() == DType.INT) {
            return List.of(weight(call, fixed, 1, 2));
        }
        Value number = call.add(Op.CAST, org.quantvoice.graph.Attributes.of("type", "float"), call.value(0));
        Levels levels = levels(call, 1, 2, ElementType.INT32);
        return call.floats(call.scalar(Op.MUL, call.scalar(Op.SUB, number, (double) levels.zero()), levels.scale()));
    }

    /** Returns a weight of the file; an int32 one, which is a bias, becomes floats. */
    static Operand weight(Call call, Operand.Fixed fixed, int scale, int zero) {
        float[] scales = floats(call, scale);
        long[] zeros = call.has(zero) ? longs(call, zero) : new long[] {0};
        long[] shape = fixed.data().shape();
        int axis = scales.length == 1 ? 0 : call.axis(call.integer("axis", 1), shape.length);
        boolean blocked =
                call.integer("block_size", 0) != 0 || call.shape(scale).rank() > 1;
        boolean fits = scales.length == 1 || scales.length == shape[axis];
        if (blocked || !fits || zeros.length != 1 && zeros.length != scales.length) {
            throw call.unsupported("with scales of blocks, or of another number than channels");
        }
        StoredWeight plain = new StoredWeight(fixed.name(), whole(fixed.data()), shape, scales, axis);
        return fixed.type().isByte() ? new Operand.Stored(shifted(plain, zeros)) : floats(call, shifted(plain, zeros));
    }

    private static Operand floats(Call call, StoredWeight weight) {
        return new Operand.Fixed(weight.name(), ElementType.FLOAT, weight.floats());
    }

    private static int[] whole(TensorData data) {
        long[] all = data.longs();
        int[] values = new int[all.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(all[i]);
        }
        return values;
    }

    private static StoredWeight shifted(StoredWeight weight, long[] zeros) {
        int[] values = weight.values().clone();
        long inner = 1;
        for (int i = weight.axis() + 1; i < weight.shape().length; i++) {
            inner *= weight.shape()[i];
        }
        for (int i = 0; i < values.length; i++) {
            int channel = zeros.length == 1 ? 0 : (int) (i / inner % zeros.length);
            values[i] -= (int) zeros[channel];
        }
        return new StoredWeight(weight.name(), values, weight.shape(), weight.scales(), weight.axis());
    }

    private static float[] floats(Call call, int index) {
        return known(call, index).floats();
    }

    private static long[] longs(Call call, int index) {
        return known(call, index).longs();
    }

    private static TensorData known(Call call, int index) {
        if (call.operand(index) instanceof Operand.Fixed fixed) {
            return fixed.data();
        }
        throw call.unsupported("with operand " + index + " that is computed at run time");
    }

    private static List<Operand> dynamic(Call call) {
        Value x = call.value(0);
        List<Operand> parts = new ArrayList<>();
        for (Operand.Dynamic.Part part : Operand.Dynamic.Part.values()) {
            parts.add(new Operand.Dynamic(x, part));
        }
        return parts;
    }

    /** Returns the activation whose levels an operand is, if the zero point belongs to it too. */
    private static Value activation(Call call, int zero) {
        Optional<Value> x = call.operand(0) instanceof Operand.Dynamic levels
                        && levels.part() == Operand.Dynamic.Part.LEVELS
                        && call.has(zero)
                        && call.operand(zero) instanceof Operand.Dynamic zeros
                        && zeros.part() == Operand.Dynamic.Part.ZERO
                        && zeros.x().equals(levels.x())
                ? Optional.of(levels.x())
                : Optional.empty();
        return x.orElseThrow(() -> call.unsupported("of levels that DynamicQuantizeLinear does not give"));
    }

    /** Returns the whole numbers of a weight. */
    private static StoredWeight values(Call call, int zero) {
        if (!(call.operand(1) instanceof Operand.Fixed fixed) || !fixed.type().isByte()) {
            throw call.unsupported("with a weight that is computed at run time");
        }
        long[] zeros = call.has(zero) ? longs(call, zero) : new long[] {0};
        long[] shape = fixed.data().shape();
        int axis = call.operator().equals("MatMulInteger") ? shape.length - 1 : 0;
        if (zeros.length != 1 && zeros.length != shape[axis]) {
            throw call.unsupported("with " + zeros.length + " zero points");
        }
        StoredWeight plain = new StoredWeight(fixed.name(), whole(fixed.data()), shape, new float[] {1}, axis);
        return shifted(plain, zeros);
    }

    private static List<Operand> product(Call call) {
        StoredWeight weight = values(call, 3);
        if (weight.shape().length != 2) {
            throw call.unsupported("with a weight of " + weight.shape().length + " axes");
        }
        return List.of(new Operand.Sums(new IntegerProduct(
                Op.LINEAR, activation(call, 2), weight.transposed(), org.quantvoice.graph.Attributes.NONE)));
    }

    private static List<Operand> convolution(Call call) {
        StoredWeight weight = values(call, 3);
        Value x = activation(call, 2);
        Window window = Window.of(call, x.shape(), ConvolutionOperators.kernel(call.shape(1)));
        int groups = Math.toIntExact(call.integer("group", 1));
        return List.of(new Operand.Sums(
                new IntegerProduct(window.op(call), window.padded(call, x, 0), weight, window.attributes(groups))));
    }

    private static Operand rounded(Call call, int index) {
        if (call.operand(index) instanceof Operand.Rounded rounded) {
            return new Operand.Rounded(rounded.x(), rounded.levels(), false);
        }
        throw call.unsupported("of levels that QuantizeLinear does not give");
    }

    /**
     * Writes {@code QLinearMatMul}, whose operands are a, scale, zero, b, scale, zero, and scale and zero of the
     * result.
     */
    private static List<Operand> roundedProduct(Call call) {
        if (!(call.operand(3) instanceof Operand.Fixed fixed) || fixed.data().shape().length != 2) {
            Call inner = call.with(rounded(call, 0), rounded(call, 3));
            Value computed = call.add(Op.MATMUL, inner.value(0), inner.value(1));
            return List.of(new Operand.Rounded(computed, levels(call, 6, 7, call.type(7)), true));
        }
        StoredWeight weight = ((Operand.Stored) along(call, fixed, 1)).weight();
        Value result = IntegerLayers.linear(call, rounded(call, 0), weight.transposed());
        return List.of(new Operand.Rounded(result, levels(call, 6, 7, call.type(7)), true));
    }

    /** Returns a weight with its scales, which belong to the indices of one axis. */
    private static Operand along(Call call, Operand.Fixed fixed, int axis) {
        float[] scales = floats(call, 4);
        long[] zeros = call.has(5) ? longs(call, 5) : new long[] {0};
        long[] shape = fixed.data().shape();
        if (scales.length != 1 && scales.length != shape[axis] || zeros.length != 1 && zeros.length != shape[axis]) {
            throw call.unsupported("with " + scales.length + " scales");
        }
        StoredWeight plain = new StoredWeight(fixed.name(), whole(fixed.data()), shape, scales, axis);
        return new Operand.Stored(shifted(plain, zeros));
    }

    /**
     * Writes {@code QLinearConv}, whose operands are those of the product and an int32 bias in the scale of the sums.
     */
    private static List<Operand> roundedConvolution(Call call) {
        if (!(call.operand(3) instanceof Operand.Fixed fixed)) {
            throw call.unsupported("with a weight that is computed at run time");
        }
        StoredWeight weight = ((Operand.Stored) along(call, fixed, 0)).weight();
        Operand.Rounded x = (Operand.Rounded) rounded(call, 0);
        Call inner = call.has(8)
                ? call.with(x, new Operand.Stored(weight), bias(call, weight, x.levels()))
                : call.with(x, new Operand.Stored(weight));
        Window window = Window.of(call, x.x().shape(), ConvolutionOperators.kernel(inner.shape(1)));
        Value result = IntegerLayers.convolution(inner, window, Math.toIntExact(call.integer("group", 1)));
        return List.of(new Operand.Rounded(result, levels(call, 6, 7, call.type(7)), true));
    }

    private static Operand bias(Call call, StoredWeight weight, Levels levels) {
        long[] whole = longs(call, 8);
        float[] values = new float[whole.length];
        for (int i = 0; i < values.length; i++) {
            float scale = weight.scales()[weight.scales().length == 1 ? 0 : i];
            values[i] = (float) (whole[i] * levels.scale() * scale);
        }
        return new Operand.Fixed("", ElementType.FLOAT, org.quantvoice.graph.ArrayTensor.of(values, values.length));
    }
}
