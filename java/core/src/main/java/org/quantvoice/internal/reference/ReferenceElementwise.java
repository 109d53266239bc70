package org.quantvoice.internal.reference;

import java.util.function.DoubleUnaryOperator;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;

/** Evaluates elementwise operators. Scalars are rounded to float where the tensor holds floats. */
public final class ReferenceElementwise {

    private ReferenceElementwise() {}

    static ArrayTensor run(ReferenceCall call) {
        Op op = call.node().op();
        return switch (op) {
            case CAST -> cast(call);
            case WHERE -> where(call);
            case MASKED_FILL -> maskedFill(call);
            case CLAMP -> clamp(call);
            default -> op.isUnary() ? unary(call) : binary(call);
        };
    }

    private static ArrayTensor unary(ReferenceCall call) {
        ArrayTensor x = call.x();
        DoubleUnaryOperator function = function(call);
        double[] result = new double[call.count()];
        for (int i = 0; i < result.length; i++) {
            result[i] = function.applyAsDouble(x.get(i));
        }
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static DoubleUnaryOperator function(ReferenceCall call) {
        Attributes attributes = call.attributes();
        return switch (call.node().op()) {
            case GELU -> attributes.flag("tanh") ? SpecialFunctions::geluTanh : SpecialFunctions::gelu;
            case RELU -> x -> x > 0 || Double.isNaN(x) ? x : 0;
            case LEAKY_RELU -> {
                double slope = attributes.number("slope");
                yield x -> x > 0 ? x : slope * x;
            }
            case ELU -> {
                double alpha = attributes.number("alpha");
                yield x -> x > 0 ? x : alpha * Math.expm1(x);
            }
            case SILU -> x -> x * SpecialFunctions.sigmoid(x);
            case SIGMOID -> SpecialFunctions::sigmoid;
            case TANH -> Math::tanh;
            case EXP -> Math::exp;
            case LOG -> Math::log;
            case SQRT -> Math::sqrt;
            case RSQRT -> x -> 1 / Math.sqrt(x);
            case SIN -> Math::sin;
            case COS -> Math::cos;
            case ABS -> Math::abs;
            case NEG -> x -> -x;
            case FLOOR -> Math::floor;
            case ROUND -> Math::rint;
            case NOT -> x -> 1 - x;
            default ->
                throw new IllegalArgumentException(
                        "no function for " + call.node().op());
        };
    }

    private static ArrayTensor clamp(ReferenceCall call) {
        Attributes attributes = call.attributes();
        double min = attributes.has("min") ? attributes.number("min", call.sizes()) : Double.NEGATIVE_INFINITY;
        double max = attributes.has("max") ? attributes.number("max", call.sizes()) : Double.POSITIVE_INFINITY;
        double[] result = new double[call.count()];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.min(Math.max(call.x().get(i), min), max);
        }
        return ReferenceCall.of(call.x().type(), result, call.shape());
    }

    private static ArrayTensor cast(ReferenceCall call) {
        double[] elements = new double[call.count()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = call.x().get(i);
        }
        return ReferenceCall.of(call.node().output().type(), elements, call.shape());
    }

    private static ArrayTensor binary(ReferenceCall call) {
        Attributes attributes = call.attributes();
        boolean scalar = attributes.has("scalar");
        ArrayTensor a = call.x();
        ArrayTensor b = scalar ? scalar(call) : call.operands().get(1);
        if (attributes.flag("reverse")) {
            ArrayTensor swap = a;
            a = b;
            b = swap;
        }
        int[] left = ReferenceCall.broadcast(a.shape(), call.shape());
        int[] right = ReferenceCall.broadcast(b.shape(), call.shape());
        if (call.node().output().type() == DType.INT) {
            return whole(call, a, left, b, right);
        }
        double[] result = new double[left.length];
        for (int i = 0; i < result.length; i++) {
            double x = a.get(left[i]);
            double y = b.get(right[i]);
            result[i] = compute(call.node().op(), x, y);
        }
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static ArrayTensor scalar(ReferenceCall call) {
        double value = call.attributes().number("scalar", call.sizes());
        boolean whole = call.attributes().isInteger("scalar");
        return whole ? ArrayTensor.of(new long[] {(long) value}) : ArrayTensor.of(new float[] {(float) value});
    }

    private static ArrayTensor whole(ReferenceCall call, ArrayTensor a, int[] left, ArrayTensor b, int[] right) {
        long[] result = new long[left.length];
        for (int i = 0; i < result.length; i++) {
            long x = a.type() == DType.INT ? a.longArray()[left[i]] : (long) a.get(left[i]);
            long y = b.type() == DType.INT ? b.longArray()[right[i]] : (long) b.get(right[i]);
            result[i] = switch (call.node().op()) {
                case ADD -> x + y;
                case SUB -> x - y;
                case MUL -> x * y;
                case FLOOR_DIV -> Math.floorDiv(x, y);
                default -> (long) compute(call.node().op(), x, y);
            };
        }
        return ArrayTensor.of(result, call.shape());
    }

    private static double compute(Op op, double a, double b) {
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case FLOOR_DIV -> Math.floor(a / b);
            case POW -> Math.pow(a, b);
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
            case EQ -> truth(a == b);
            case NE, XOR -> truth(a != b);
            case LT -> truth(a < b);
            case LE -> truth(a <= b);
            case GT -> truth(a > b);
            case GE -> truth(a >= b);
            case AND -> truth(a != 0 && b != 0);
            case OR -> truth(a != 0 || b != 0);
            default -> throw new IllegalArgumentException("no arithmetic for " + op);
        };
    }

    private static double truth(boolean value) {
        return value ? 1 : 0;
    }

    private static ArrayTensor where(ReferenceCall call) {
        ArrayTensor condition = call.x();
        ArrayTensor yes = call.operands().get(1);
        ArrayTensor no = call.operands().get(2);
        int[] chosen = ReferenceCall.broadcast(condition.shape(), call.shape());
        int[] left = ReferenceCall.broadcast(yes.shape(), call.shape());
        int[] right = ReferenceCall.broadcast(no.shape(), call.shape());
        double[] result = new double[chosen.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = condition.booleanArray()[chosen[i]] ? yes.get(left[i]) : no.get(right[i]);
        }
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static ArrayTensor maskedFill(ReferenceCall call) {
        ArrayTensor x = call.x();
        ArrayTensor mask = call.operands().get(1);
        int[] source = ReferenceCall.broadcast(x.shape(), call.shape());
        int[] masked = ReferenceCall.broadcast(mask.shape(), call.shape());
        double value = call.attributes().number("value");
        double[] result = new double[source.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = mask.booleanArray()[masked[i]] ? value : x.get(source[i]);
        }
        return ReferenceCall.of(x.type(), result, call.shape());
    }
}
