package org.quantvoice.torch.operators;

import java.util.Map;
import java.util.function.BiFunction;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/** Functions of one or two tensors that are written as formulas of the graph's operators. */
final class FunctionOperators {
    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double ROOT_TWO = Math.sqrt(2);
    private static final double SMALLEST = 1e-6;

    private FunctionOperators() {}

    static void register(Map<String, Operator> table) {
        registerActivations(table);
        registerLogarithms(table);
        put(table, "trunc", (f, x) -> f.where(f.of(Op.LT, x, 0.0), ceiling(f, x), f.of(Op.FLOOR, x)));
        put(table, "fix", (f, x) -> f.where(f.of(Op.LT, x, 0.0), ceiling(f, x), f.of(Op.FLOOR, x)));
        put(table, "sign", FunctionOperators::sign);
        put(table, "sgn", FunctionOperators::sign);
        put(table, "isnan", (f, x) -> f.of(Op.NE, x, x));
        put(table, "isinf", (f, x) -> f.of(Op.EQ, f.of(Op.ABS, x), Double.POSITIVE_INFINITY));
        put(table, "isfinite", (f, x) -> f.of(Op.LT, f.of(Op.ABS, x), Double.POSITIVE_INFINITY));
        put(table, "sinc", (f, x) -> {
            Value angle = f.times(x, Math.PI);
            Value zero = f.of(Op.EQ, angle, 0.0);
            return f.where(zero, f.number(1), f.of(Op.DIV, f.of(Op.SIN, angle), f.where(zero, f.number(1), angle)));
        });
        put(table, "atan", FunctionOperators::arcTangent);
        put(table, "arctan", FunctionOperators::arcTangent);
        table.put("aten::ceil", FunctionOperators::ceil);
        table.put("aten::nan_to_num", FunctionOperators::finite);
        table.put("aten::lerp", FunctionOperators::mixed);
        table.put("aten::addcmul", call -> added(call, Op.MUL));
        table.put("aten::addcdiv", call -> added(call, Op.DIV));
        table.put("aten::outer", FunctionOperators::outer);
        table.put("aten::threshold", FunctionOperators::threshold);
    }

    private static void put(Map<String, Operator> table, String name, BiFunction<Formula, Value, Value> formula) {
        table.put("aten::" + name, call -> TensorRef.of(formula.apply(new Formula(call), call.value(0))));
    }

    private static void registerActivations(Map<String, Operator> table) {
        put(table, "mish", (f, x) -> f.times(x, f.of(Op.TANH, f.softplus(x))));
        put(table, "log_sigmoid", (f, x) -> f.of(Op.NEG, f.softplus(f.of(Op.NEG, x))));
        put(table, "hardsigmoid", FunctionOperators::hardSigmoid);
        put(table, "hardswish", (f, x) -> f.times(x, hardSigmoid(f, x)));
        put(table, "softsign", (f, x) -> f.of(Op.DIV, x, f.plus(f.of(Op.ABS, x), 1)));
        put(table, "tanhshrink", (f, x) -> f.minus(x, f.of(Op.TANH, x)));
        put(table, "erf", FunctionOperators::erf);
        put(table, "erfc", (f, x) -> f.of(Op.SUB, 1, erf(f, x)));
        table.put("aten::softplus", FunctionOperators::softplus);
        table.put("aten::selu", call -> elu(call, SELU_ALPHA, SELU_SCALE, 1));
        table.put("aten::celu", call -> elu(call, call.number(1), 1, 1 / call.number(1)));
        table.put(
                "aten::elu",
                call -> elu(
                        call,
                        call.isNone(1) ? 1 : call.number(1),
                        call.isNone(2) ? 1 : call.number(2),
                        call.isNone(3) ? 1 : call.number(3)));
        table.put("aten::prelu", FunctionOperators::prelu);
        table.put("aten::_prelu_kernel", FunctionOperators::prelu);
    }

    private static void registerLogarithms(Map<String, Operator> table) {
        table.put("aten::log10", call -> logarithm(call, Math.log10(Math.E), "log10"));
        table.put("aten::log2", call -> logarithm(call, 1 / Math.log(2), "log2"));
        table.put("aten::log1p", FunctionOperators::logOnePlus);
        put(table, "expm1", FunctionOperators::exponentialLessOne);
        put(table, "exp2", (f, x) -> f.of(Op.EXP, f.times(x, Math.log(2))));
        table.put("aten::logaddexp", FunctionOperators::logSum);
    }

    private static Object logarithm(Call call, double factor, String name) {
        if (!call.isTensor(0)) {
            double x = call.number(0);
            return name.equals("log10") ? Math.log10(x) : Math.log(x) / Math.log(2);
        }
        Formula f = new Formula(call);
        return TensorRef.of(f.times(f.of(Op.LOG, call.value(0)), factor));
    }

    private static Object logOnePlus(Call call) {
        return call.isTensor(0)
                ? TensorRef.of(new Formula(call).logOnePlus(call.value(0)))
                : (Object) Math.log1p(call.number(0));
    }

    /**
     * Returns {@code exp(x) - 1} as {@code 2 t / (1 - t)} with {@code t = tanh(x / 2)}, which loses no precision near
     * 0.
     */
    private static Value exponentialLessOne(Formula f, Value x) {
        Value half = f.of(Op.TANH, f.times(x, 0.5));
        Value near = f.of(Op.DIV, f.times(half, 2), f.of(Op.SUB, 1, half));
        return f.where(f.of(Op.LT, f.of(Op.ABS, x), 1.0), near, f.plus(f.of(Op.EXP, x), -1));
    }

    /** Emits {@code log(exp(a) + exp(b))} as {@code max(a, b) + log(1 + exp(-|a - b|))}. */
    private static Object logSum(Call call) {
        Formula f = new Formula(call);
        Value a = call.value(0);
        Value b = call.value(1);
        Value falling = f.of(Op.EXP, f.of(Op.NEG, f.of(Op.ABS, f.minus(a, b))));
        return TensorRef.of(f.plus(f.of(Op.MAXIMUM, a, b), f.logOnePlus(falling)));
    }

    private static Value hardSigmoid(Formula f, Value x) {
        return f.times(f.most(f.least(f.plus(x, 3), 0), 6), 1.0 / 6);
    }

    /**
     * Computes erf from the graph's GELU, {@code z (1 + erf(z / sqrt 2)) / 2}. A z near 0 is replaced by a small one,
     * for which the quotient is still defined.
     */
    private static Value erf(Formula f, Value x) {
        Value z = f.times(x, ROOT_TWO);
        Value away = f.where(f.of(Op.LT, f.of(Op.ABS, z), SMALLEST), f.number(SMALLEST), z);
        return f.plus(f.times(f.of(Op.DIV, f.of(Op.GELU, away), away), 2), -1);
    }

    private static Object softplus(Call call) {
        Formula f = new Formula(call);
        double beta = call.isNone(1) ? 1 : call.number(1);
        Value x = call.value(0);
        return TensorRef.of(f.times(f.softplus(f.times(x, beta)), 1 / beta));
    }

    /** Emits {@code scale x} above zero and {@code scale alpha (exp(inner x) - 1)} below. */
    private static Object elu(Call call, double alpha, double scale, double inner) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        if (inner == 1) {
            Value curve = call.add(Op.ELU, Attributes.of("alpha", alpha), x);
            return TensorRef.of(f.times(curve, scale));
        }
        Value below = call.add(Op.ELU, Attributes.of("alpha", alpha), f.times(x, inner));
        return TensorRef.of(f.times(f.where(f.of(Op.GT, x, 0.0), x, below), scale));
    }

    private static Object prelu(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        Value slope = call.value(1);
        boolean channels = slope.shape().rank() == 1 && x.shape().rank() > 2;
        for (int axis = 2; channels && axis < x.shape().rank(); axis++) {
            slope = f.unsqueezed(slope, slope.shape().rank());
        }
        return TensorRef.of(f.where(f.of(Op.GT, x, 0.0), x, f.times(x, slope)));
    }

    private static Value ceiling(Formula f, Value x) {
        return f.of(Op.NEG, f.of(Op.FLOOR, f.of(Op.NEG, x)));
    }

    /**
     * Writes the arc tangent: a number above 1 is inverted, and the angle is halved twice, so that six terms of the series
     * are exact to float's precision.
     */
    private static Value arcTangent(Formula f, Value given) {
        Value x = f.cast(given, DType.FLOAT);
        Value size = f.of(Op.ABS, x);
        Value large = f.of(Op.GT, size, 1.0);
        Value inverse = f.of(Op.DIV, 1, f.where(large, size, f.number(1)));
        Value quarter = halfAngle(f, halfAngle(f, f.where(large, inverse, size)));
        Value square = f.times(quarter, quarter);
        Value series = f.plus(f.times(square, -1.0 / 11), 1.0 / 9);
        for (double term : new double[] {-1.0 / 7, 1.0 / 5, -1.0 / 3, 1}) {
            series = f.plus(f.times(square, series), term);
        }
        Value angle = f.times(f.times(quarter, series), 4);
        Value positive = f.where(large, f.of(Op.SUB, Math.PI / 2, angle), angle);
        return f.where(f.of(Op.LT, x, 0.0), f.of(Op.NEG, positive), positive);
    }

    /** Returns the tangent of half the angle whose tangent is {@code x}. */
    private static Value halfAngle(Formula f, Value x) {
        return f.of(Op.DIV, x, f.plus(f.of(Op.SQRT, f.plus(f.times(x, x), 1)), 1));
    }

    private static Object ceil(Call call) {
        boolean number = !call.isTensor(0) || call.tensor(0).content() instanceof org.quantvoice.graph.Dim;
        return number ? NumberArithmetic.ceiling(call) : TensorRef.of(ceiling(new Formula(call), call.value(0)));
    }

    private static Value sign(Formula f, Value x) {
        Value positive = f.cast(f.of(Op.GT, x, 0.0), x.type());
        return f.minus(positive, f.cast(f.of(Op.LT, x, 0.0), x.type()));
    }

    private static Object finite(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        double high = call.isNone(2) ? Float.MAX_VALUE : call.number(2);
        double low = call.isNone(3) ? -Float.MAX_VALUE : call.number(3);
        Value known = f.where(f.of(Op.NE, x, x), f.number(call.isNone(1) ? 0 : call.number(1)), x);
        Value below = f.where(f.of(Op.EQ, known, Double.POSITIVE_INFINITY), f.number(high), known);
        return TensorRef.of(f.where(f.of(Op.EQ, below, Double.NEGATIVE_INFINITY), f.number(low), below));
    }

    private static Object mixed(Call call) {
        Formula f = new Formula(call);
        Value a = call.value(0);
        Value difference = f.minus(call.value(1), a);
        Value part = call.isTensor(2) ? f.times(difference, call.value(2)) : f.times(difference, call.number(2));
        return TensorRef.of(f.plus(a, part));
    }

    private static Object added(Call call, Op op) {
        Formula f = new Formula(call);
        Value term = f.of(op, call.value(1), call.value(2));
        return TensorRef.of(f.plus(call.value(0), call.isNone(3) ? term : f.times(term, call.number(3))));
    }

    private static Object outer(Call call) {
        Formula f = new Formula(call);
        return TensorRef.of(f.times(f.unsqueezed(call.value(0), 1), f.unsqueezed(call.value(1), 0)));
    }

    private static Object threshold(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        if (x.type() != DType.FLOAT) {
            throw call.unsupported("of " + x.type());
        }
        return TensorRef.of(f.where(f.of(Op.GT, x, call.number(1)), x, f.number(call.number(2))));
    }
}
