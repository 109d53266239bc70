package org.quantvoice.internal.onnx.operators;

import java.util.stream.IntStream;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.IntegerProduct;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Writes {@code DynamicQuantizeLinear} as separate nodes, where its result feeds no layer of the engine: the tensor's
 * range, widened to hold 0, is divided into 256 levels.
 */
final class DynamicRange {
    private static final double LEVELS = 255;

    private final Call call;
    private final Value x;

    DynamicRange(Call call, Value x) {
        this.call = call;
        this.x = x;
    }

    Value part(Operand.Dynamic.Part part) {
        Attributes all =
                Attributes.of("axes", IntStream.range(0, x.shape().rank()).toArray());
        Value high = call.add(Op.RELU, call.add(Op.REDUCE_MAX, all, x));
        Value low = call.add(Op.RELU, call.add(Op.REDUCE_MAX, all, call.add(Op.NEG, x)));
        Value scale = call.scalar(Op.DIV, call.add(Op.ADD, high, low), LEVELS);
        if (part == Operand.Dynamic.Part.SCALE) {
            return scale;
        }
        Attributes range = Attributes.of("min", 0.0, "max", LEVELS);
        Value zero = call.add(Op.ROUND, call.add(Op.CLAMP, range, call.add(Op.DIV, low, scale)));
        if (part == Operand.Dynamic.Part.ZERO) {
            return whole(zero);
        }
        Value level = call.add(Op.ADD, call.add(Op.ROUND, call.add(Op.DIV, x, scale)), zero);
        return whole(call.add(Op.CLAMP, range, level));
    }

    private Value whole(Value level) {
        return call.add(Op.CAST, Attributes.of("type", DType.INT.toString()), level);
    }

    private Value floating(Value level) {
        return call.add(Op.CAST, Attributes.of("type", DType.FLOAT.toString()), level);
    }

    /** Returns the values that the levels stand for. */
    Value values() {
        return call.add(Op.MUL, shifted(), part(Operand.Dynamic.Part.SCALE));
    }

    private Value shifted() {
        return call.add(Op.SUB, floating(part(Operand.Dynamic.Part.LEVELS)), floating(part(Operand.Dynamic.Part.ZERO)));
    }

    /**
     * Writes the sums of an integer product as floats. Sums are below 2^24 only for short rows, so that longer ones
     * are rounded.
     */
    Value sums(IntegerProduct product) {
        ArrayTensor weight = product.weight().floats();
        Value values = call.build().constant(product.weight().name(), weight);
        return call.add(product.op(), product.attributes(), shifted(), values);
    }
}
