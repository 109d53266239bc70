package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates operators that work on each element alone. */
final class ElementwiseOperators {
    private ElementwiseOperators() {}

    static void register(Map<String, Operator> table) {
        Map<String, Op> plain = Map.ofEntries(
                Map.entry("Relu", Op.RELU),
                Map.entry("Sigmoid", Op.SIGMOID),
                Map.entry("Tanh", Op.TANH),
                Map.entry("Exp", Op.EXP),
                Map.entry("Log", Op.LOG),
                Map.entry("Sqrt", Op.SQRT),
                Map.entry("Sin", Op.SIN),
                Map.entry("Cos", Op.COS),
                Map.entry("Abs", Op.ABS),
                Map.entry("Neg", Op.NEG),
                Map.entry("Floor", Op.FLOOR),
                Map.entry("Round", Op.ROUND));
        plain.forEach((name, op) -> table.put(name, call -> call.like(call.add(op, call.value(0)))));
        table.put("Not", call -> call.truths(call.add(Op.NOT, call.value(0))));
        table.put("LeakyRelu", call -> one(call, x -> leaky(call, x, call.real("alpha", 0.01))));
        table.put("Elu", call -> one(call, x -> elu(call, x, call.real("alpha", 1))));
        table.put("Celu", call -> one(call, x -> celu(call, x, call.real("alpha", 1))));
        table.put("Selu", call -> one(call, x -> selu(call, x)));
        table.put("Softplus", call -> one(call, x -> softplus(call, x)));
        table.put("Softsign", call -> one(call, x -> call.add(Op.DIV, x, call.scalar(Op.ADD, call.add(Op.ABS, x), 1))));
        table.put("Mish", call -> one(call, x -> call.add(Op.MUL, x, call.add(Op.TANH, softplus(call, x)))));
        table.put(
                "HardSigmoid", call -> one(call, x -> gate(call, x, call.real("alpha", 0.2), call.real("beta", 0.5))));
        table.put("HardSwish", call -> one(call, x -> call.add(Op.MUL, x, gate(call, x, 1 / 6.0, 0.5))));
        table.put("Swish", call -> one(call, x -> swish(call, x, call.real("alpha", 1))));
        table.put(Operators.MICROSOFT + "QuickGelu", call -> one(call, x -> swish(call, x, call.real("alpha", 1.702))));
        table.put(
                "Gelu",
                call -> one(
                        call,
                        x -> gelu(call, x, call.text("approximate", "none").equals("tanh"))));
        table.put(Operators.MICROSOFT + "Gelu", call -> one(call, x -> gelu(call, x, false)));
        table.put(Operators.MICROSOFT + "BiasGelu", call -> one(call, x -> gelu(call, biased(call, x), false)));
        table.put(Operators.MICROSOFT + "FastGelu", call -> one(call, x -> gelu(call, biased(call, x), true)));
        registerOthers(table);
    }

    private static void registerOthers(Map<String, Operator> table) {
        table.put("Reciprocal", call -> one(call, x -> reciprocal(call, x)));
        table.put("Ceil", call -> one(call, x -> call.add(Op.NEG, call.add(Op.FLOOR, call.add(Op.NEG, x)))));
        table.put("Sign", call -> one(call, x -> sign(call, x)));
        table.put("Erf", call -> List.of(new Operand.Erf(call.value(0), 1, 0)));
        table.put("Clip", ElementwiseOperators::clip);
        table.put("PRelu", ElementwiseOperators::prelu);
        table.put("ThresholdedRelu", ElementwiseOperators::thresholded);
        table.put("Cast", ElementwiseOperators::cast);
        table.put("CastLike", call -> cast(call, call.type(1)));
        for (String name : List.of("Identity", "Dropout")) {
            table.put(name, call -> List.of(call.operand(0)));
        }
        table.put("IsNaN", call -> call.truths(call.add(Op.NE, call.value(0), call.value(0))));
    }

    private static List<Operand> one(Call call, Function<Value, Value> function) {
        return call.like(function.apply(call.value(0)));
    }

    private static Value leaky(Call call, Value x, double slope) {
        return call.add(Op.LEAKY_RELU, Attributes.of("slope", slope), x);
    }

    private static Value elu(Call call, Value x, double alpha) {
        return call.add(Op.ELU, Attributes.of("alpha", alpha), x);
    }

    /** Writes {@code max(0, x) + min(0, alpha (exp(x / alpha) - 1))}. */
    private static Value celu(Call call, Value x, double alpha) {
        Value inner = call.scalar(Op.DIV, x, alpha);
        return call.scalar(Op.MUL, elu(call, inner, 1), alpha);
    }

    private static Value selu(Call call, Value x) {
        double alpha = call.real("alpha", 1.67326319217681884765625);
        return call.scalar(Op.MUL, elu(call, x, alpha), call.real("gamma", 1.05070102214813232421875));
    }

    /** Writes {@code max(x, 0) + log(1 + exp(-|x|))}, which never overflows. */
    private static Value softplus(Call call, Value x) {
        Value falling = call.add(Op.EXP, call.add(Op.NEG, call.add(Op.ABS, x)));
        Value u = call.scalar(Op.ADD, falling, 1);
        Value rest = call.scalar(Op.ADD, u, -1);
        Value none = call.add(Op.EQ, Attributes.of("scalar", 0.0), rest);
        Value one = call.add(Op.FILL, Attributes.of("shape", List.of(), "value", 1.0, "type", "float"));
        Value divisor = call.add(Op.WHERE, none, one, rest);
        Value exact = call.add(Op.MUL, call.add(Op.LOG, u), call.add(Op.DIV, falling, divisor));
        return call.add(Op.ADD, call.add(Op.RELU, x), call.add(Op.WHERE, none, falling, exact));
    }

    /** Writes {@code clamp(alpha x + beta, 0, 1)}. */
    private static Value gate(Call call, Value x, double alpha, double beta) {
        Value line = call.scalar(Op.ADD, call.scalar(Op.MUL, x, alpha), beta);
        return call.add(Op.CLAMP, Attributes.of("min", 0.0, "max", 1.0), line);
    }

    private static Value swish(Call call, Value x, double alpha) {
        return alpha == 1
                ? call.add(Op.SILU, x)
                : call.add(Op.MUL, x, call.add(Op.SIGMOID, call.scalar(Op.MUL, x, alpha)));
    }

    private static Value gelu(Call call, Value x, boolean tanh) {
        return call.add(Op.GELU, tanh ? Attributes.of("tanh", true) : Attributes.NONE, x);
    }

    private static Value biased(Call call, Value x) {
        return call.has(1) ? call.add(Op.ADD, x, call.value(1)) : x;
    }

    static Value reciprocal(Call call, Value x) {
        Op before = call.graph().producer(x).map(n -> n.op()).orElse(null);
        return before == Op.SQRT
                ? call.add(Op.RSQRT, call.graph().producer(x).orElseThrow().input(0))
                : call.add(Op.DIV, Attributes.of("scalar", 1.0, "reverse", true), x);
    }

    private static Value sign(Call call, Value x) {
        Attributes zero = x.type() == DType.FLOAT ? Attributes.of("scalar", 0.0) : Attributes.of("scalar", 0);
        Attributes type = Attributes.of("type", x.type().toString());
        Value above = call.add(Op.CAST, type, call.add(Op.GT, zero, x));
        return call.add(Op.SUB, above, call.add(Op.CAST, type, call.add(Op.LT, zero, x)));
    }

    private static List<Operand> clip(Call call) {
        if (isComputed(call, "min", 1) || isComputed(call, "max", 2)) {
            Value above = bounded(call, call.value(0), "min", 1, Op.MAXIMUM);
            return call.like(bounded(call, above, "max", 2, Op.MINIMUM));
        }
        Optional<Object> min = bound(call, "min", 1);
        Optional<Object> max = bound(call, "max", 2);
        Value x = call.value(0);
        Attributes attributes = Attributes.NONE;
        if (min.isPresent()) {
            attributes = attributes.with("min", min.get());
        }
        if (max.isPresent()) {
            attributes = attributes.with("max", max.get());
        }
        boolean relu = min.isPresent() && min.get().equals(0.0) && max.isEmpty();
        return attributes.equals(Attributes.NONE)
                ? List.of(call.operand(0))
                : call.like(relu ? call.add(Op.RELU, x) : call.add(Op.CLAMP, attributes, x));
    }

    /** Returns whether a bound depends on the samples, such as on the loudest of them. */
    private static boolean isComputed(Call call, String attribute, int index) {
        return !call.hasAttribute(attribute)
                && call.has(index)
                && call.operand(index) instanceof Operand.Live
                && call.number(index).isEmpty();
    }

    private static Value bounded(Call call, Value x, String attribute, int index, Op op) {
        if (isComputed(call, attribute, index)) {
            return call.add(op, x, call.value(index));
        }
        return bound(call, attribute, index)
                .map(b -> call.add(Op.CLAMP, Attributes.of(attribute, b), x))
                .orElse(x);
    }

    /** A double, or a whole number that sizes may give. */
    private static Optional<Object> bound(Call call, String attribute, int index) {
        if (call.hasAttribute(attribute)) {
            return Optional.of(call.real(attribute, 0));
        }
        if (!call.has(index)) {
            return Optional.empty();
        }
        OptionalDouble number = call.number(index);
        boolean real = call.type(0).read() == DType.FLOAT;
        if (real && number.isPresent()) {
            return Optional.of(number.getAsDouble());
        }
        return Optional.of(call.dim(index));
    }

    private static List<Operand> prelu(Call call) {
        Value x = call.value(0);
        OptionalDouble slope = call.number(1);
        if (slope.isPresent()) {
            return call.like(leaky(call, x, slope.getAsDouble()));
        }
        Value falling = call.add(Op.MUL, call.value(1), call.add(Op.NEG, call.add(Op.RELU, call.add(Op.NEG, x))));
        return call.like(call.add(Op.ADD, call.add(Op.RELU, x), falling));
    }

    private static List<Operand> thresholded(Call call) {
        Value x = call.value(0);
        Attributes limit = Attributes.of("scalar", call.real("alpha", 1));
        Value low = call.add(Op.LE, limit, x);
        return call.like(call.add(Op.MASKED_FILL, Attributes.of("value", 0.0), x, low));
    }

    private static List<Operand> cast(Call call) {
        return cast(call, ElementType.of(call.integer("to", 1), "a cast"));
    }

    private static List<Operand> cast(Call call, ElementType to) {
        Operand x = call.operand(0);
        boolean real = to.read() == DType.FLOAT;
        boolean kept = x instanceof Operand.Erf
                || x instanceof Operand.Sums
                || x instanceof Operand.DynamicScale
                || x instanceof Operand.Stored
                || x instanceof Operand.Rounded rounded && !rounded.whole()
                || x instanceof Operand.Dynamic dynamic && dynamic.part() == Operand.Dynamic.Part.SCALE;
        if (real && kept) {
            return List.of(x);
        }
        if (x instanceof Operand.Fixed fixed && fixed.data().type() == to.read()) {
            return List.of(new Operand.Fixed(fixed.name(), to, fixed.data()));
        }
        return List.of(
                call.result(call.add(Op.CAST, Attributes.of("type", to.read().toString()), call.value(0)), to));
    }
}
