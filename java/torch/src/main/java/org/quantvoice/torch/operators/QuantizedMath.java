package org.quantvoice.torch.operators;

import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.torch.values.TensorRef;

/**
 * Operators on quantized tensors between the layers of models that are quantized already; see {@link
 * QuantizedOperators}.
 */
final class QuantizedMath {
    private static final int LEVELS = 255;

    private QuantizedMath() {}

    static void register(Map<String, Operator> table) {
        for (boolean relu : new boolean[] {false, true}) {
            String suffix = relu ? "_relu" : "";
            table.put("quantized::add" + suffix, call -> ranged(call, 2, binary(Op.ADD, call, relu)));
            table.put(
                    "quantized::mul" + suffix,
                    call -> call.isTensor(1) ? ranged(call, 2, binary(Op.MUL, call, relu)) : times(call, relu));
            table.put("quantized::mul_scalar" + suffix, call -> times(call, relu));
            table.put("quantized::add_scalar" + suffix, call -> plus(call, relu));
        }
        table.put("quantized::cat", QuantizedMath::concatenate);
        table.put("quantized::matmul", call -> ranged(call, 2, binary(Op.MATMUL, call, false)));
        table.put("quantized::layer_norm", call -> ranged(call, 5, LayerOperators.layerNorm(call)));
        for (String name : List.of("batch_norm", "batch_norm1d", "batch_norm2d")) {
            table.put("quantized::" + name, call -> ranged(call, 6, batchNorm(call, false)));
            table.put("quantized::" + name + "_relu", call -> ranged(call, 6, batchNorm(call, true)));
        }
        table.put("quantized::sigmoid", call -> ranged(call, 1, call.emit(Op.SIGMOID, Attributes.NONE, call.value(0))));
        table.put(
                "quantized::leaky_relu",
                call -> ranged(
                        call, 3, call.emit(Op.LEAKY_RELU, Attributes.of("slope", call.number(1)), call.value(0))));
    }

    private static TensorRef ranged(Call call, int at, TensorRef result) {
        return QuantizedOperators.output(call, at, result);
    }

    private static TensorRef rectified(Call call, Value value, boolean relu) {
        return TensorRef.of(relu ? call.add(Op.RELU, Attributes.NONE, value) : value);
    }

    private static TensorRef binary(Op op, Call call, boolean relu) {
        return rectified(call, call.add(op, Attributes.NONE, call.value(0), call.value(1)), relu);
    }

    /** Emits a batch norm. The arguments are x, weight, bias, mean, variance and eps. */
    private static TensorRef batchNorm(Call call, boolean relu) {
        Attributes attributes = Attributes.of("eps", call.number(5));
        Value[] operands = call.isNone(1) || call.isNone(2)
                ? LayerOperators.optional(call, 0, 3, 4)
                : LayerOperators.optional(call, 0, 3, 4, 1, 2);
        if (operands.length == 3 && call.isNone(1) != call.isNone(2)) {
            throw call.unsupported("a weight or a bias alone");
        }
        return rectified(call, call.add(Op.BATCH_NORM, attributes, operands), relu);
    }

    private static ActivationRange range(Call call) {
        ActivationRange range = call.tensor(0).range();
        if (range == null) {
            throw call.unsupported("on a tensor of unknown scale");
        }
        return range;
    }

    /** Multiplies by a number. Only the scale changes and the levels stay; a negative factor mirrors the zero point. */
    private static TensorRef times(Call call, boolean relu) {
        double factor = QuantizedOperators.number(call, 1);
        ActivationRange range = range(call);
        if (factor == 0) {
            throw call.unsupported("by 0");
        }
        int zero = factor > 0 ? range.zeroPoint() : LEVELS - range.zeroPoint();
        Value product = call.add(Op.MUL, Attributes.of("scalar", factor), call.value(0));
        return rectified(call, product, relu).ranged(new ActivationRange(range.scale() * Math.abs(factor), zero));
    }

    /**
     * Adds a number, which libtorch rounds to whole steps. The zero point shifts, and the scale widens if 0 would fall
     * outside of the levels.
     */
    private static TensorRef plus(Call call, boolean relu) {
        ActivationRange range = range(call);
        long steps = (long) Math.rint(QuantizedOperators.number(call, 1) / range.scale());
        long zero = range.zeroPoint() - steps;
        double widened = Math.max(LEVELS, Math.max(LEVELS - zero, zero)) / (double) LEVELS;
        Value sum = call.add(Op.ADD, Attributes.of("scalar", steps * range.scale()), call.value(0));
        int kept = (int) Math.max(0, Math.min(LEVELS, zero));
        return rectified(call, sum, relu).ranged(new ActivationRange(range.scale() * widened, kept));
    }

    private static Object concatenate(Call call) {
        List<Value> parts = call.values(0);
        TensorRef result =
                call.emit(Op.CONCAT, Attributes.of("axis", call.axis(1, parts.get(0))), parts.toArray(Value[]::new));
        if (call.isNone(2)) {
            return result.ranged(((TensorRef) call.list(0).get(0)).range());
        }
        return ranged(call, 2, result);
    }
}
