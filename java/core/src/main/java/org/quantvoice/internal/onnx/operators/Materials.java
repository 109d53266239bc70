package org.quantvoice.internal.onnx.operators;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Levels;
import org.quantvoice.internal.onnx.values.Operand;

/** Turns operands into tensors of the graph; operands that were held back for a better form are written out. */
final class Materials {
    private static final double SMALL = 1e-2;

    private final Build build;

    Materials(Build build) {
        this.build = build;
    }

    Shape shape(Operand operand, Call call) {
        if (operand instanceof Operand.Fixed fixed) {
            return Shape.of(fixed.data().shape());
        }
        if (operand instanceof Operand.Sizes sizes) {
            return new Shape(sizes.shape().stream().map(Dim::of).toList());
        }
        if (operand instanceof Operand.Stored stored) {
            return Shape.of(stored.weight().shape());
        }
        if (operand instanceof Operand.Rounded rounded) {
            return rounded.x().shape();
        }
        if (operand instanceof Operand.DynamicRounded rounded) {
            return rounded.x().shape();
        }
        return value(operand, call).shape();
    }

    Value value(Operand operand, Call call) {
        if (operand instanceof Operand.Live live) {
            return live.value();
        }
        if (operand instanceof Operand.Fixed fixed) {
            return build.constant(fixed.name(), fixed.data());
        }
        if (operand instanceof Operand.Sizes sizes) {
            return build.sizes(sizes);
        }
        if (operand instanceof Operand.Stored stored) {
            return build.constant(stored.weight().name(), stored.weight().floats());
        }
        if (operand instanceof Operand.Rounded rounded) {
            return rounded(call, rounded);
        }
        if (operand instanceof Operand.Erf erf) {
            return call.scalar(Op.ADD, call.scalar(Op.MUL, erf(call, erf.x()), erf.factor()), erf.offset());
        }
        if (operand instanceof Operand.Dynamic dynamic) {
            return new DynamicRange(call, dynamic.x()).part(dynamic.part());
        }
        if (operand instanceof Operand.DynamicRounded rounded) {
            return new DynamicRange(call, rounded.x()).values();
        }
        if (operand instanceof Operand.DynamicScale scale) {
            return scaled(call, scale);
        }
        if (operand instanceof Operand.Sums sums) {
            return new DynamicRange(call, sums.product().x()).sums(sums.product());
        }
        throw call.unsupported("of a list of tensors, or of a result that its maker does not give");
    }

    /**
     * Writes an activation's levels as floats, or the values that they stand for: a rounding and a clamp, as the file
     * specifies.
     */
    private static Value rounded(Call call, Operand.Rounded rounded) {
        Levels levels = rounded.levels();
        Value number = call.scalar(Op.DIV, rounded.x(), levels.scale());
        Value level = call.scalar(Op.ADD, call.add(Op.ROUND, number), (double) levels.zero());
        Value inside =
                call.add(Op.CLAMP, Attributes.of("min", (double) levels.low(), "max", (double) levels.high()), level);
        return rounded.whole()
                ? call.add(Op.CAST, Attributes.of("type", DType.INT.toString()), inside)
                : call.scalar(Op.MUL, call.scalar(Op.SUB, inside, (double) levels.zero()), levels.scale());
    }

    private Value scaled(Call call, Operand.DynamicScale scale) {
        Value own = new DynamicRange(call, scale.x()).part(Operand.Dynamic.Part.SCALE);
        float[] channels = new float[scale.channels().size()];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = scale.channels().get(i);
        }
        return call.add(
                Op.MUL, own, build.constant("", org.quantvoice.graph.ArrayTensor.of(channels, channels.length)));
    }

    /**
     * Writes {@code erf(x)} by the GELU, {@code gelu(z) = z (1 + erf(z / sqrt 2)) / 2}; near 0, where that would
     * divide by almost 0, by its series.
     */
    private static Value erf(Call call, Value x) {
        Value small = call.add(Op.LE, Attributes.of("scalar", SMALL), call.add(Op.ABS, x));
        Value one = call.add(Op.FILL, Attributes.of("shape", List.<Dim>of(), "value", 1.0, "type", "float"));
        Value z = call.scalar(Op.MUL, call.add(Op.WHERE, small, one, x), Math.sqrt(2));
        Value twice = call.scalar(Op.MUL, call.add(Op.GELU, z), 2);
        Value far = call.scalar(Op.SUB, call.add(Op.DIV, twice, z), 1);
        Value square = call.add(Op.MUL, x, x);
        Value series = call.scalar(Op.ADD, call.scalar(Op.MUL, square, -1 / 3.0), 1);
        Value near = call.scalar(Op.MUL, call.add(Op.MUL, x, series), 2 / Math.sqrt(Math.PI));
        return call.add(Op.WHERE, small, near, far);
    }

    static long count(long... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
