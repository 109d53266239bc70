package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.quantvoice.graph.Dim;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.Ratio;
import org.quantvoice.internal.onnx.values.SmallNumbers;

/**
 * Evaluates operators of shape computations on numbers that depend on sizes alone. If the result depends on more than
 * sizes, it is empty.
 */
final class SizeArithmetic {

    private interface Pair {
        Optional<Ratio> of(Ratio a, Ratio b);
    }

    private static final Map<String, Pair> PAIRS = new HashMap<>();
    private static final Map<String, Pair> COMPARISONS = new HashMap<>();
    private static final Map<String, UnaryOperator<Ratio>> SINGLES = new HashMap<>();

    static {
        PAIRS.put("Add", (a, b) -> Optional.of(a.plus(b)));
        PAIRS.put("Sub", (a, b) -> Optional.of(a.plus(b.negated())));
        PAIRS.put("Mul", (a, b) -> Optional.of(a.times(b)));
        PAIRS.put("Max", (a, b) -> Optional.of(a.max(b)));
        PAIRS.put("Min", (a, b) -> Optional.of(a.negated().max(b.negated()).negated()));
        PAIRS.put("Div", Ratio::dividedBy);
        PAIRS.put("Mod", SizeArithmetic::remainder);
        COMPARISONS.put("Less", (a, b) -> a.isBelow(b).map(Ratio::of));
        COMPARISONS.put("Greater", (a, b) -> b.isBelow(a).map(Ratio::of));
        COMPARISONS.put("LessOrEqual", (a, b) -> b.isBelow(a).map(t -> Ratio.of(!t)));
        COMPARISONS.put("GreaterOrEqual", (a, b) -> a.isBelow(b).map(t -> Ratio.of(!t)));
        COMPARISONS.put("Equal", (a, b) -> a.isEqual(b).map(Ratio::of));
        COMPARISONS.put("And", logic((a, b) -> a && b));
        COMPARISONS.put("Or", logic((a, b) -> a || b));
        COMPARISONS.put("Xor", logic((a, b) -> !a.equals(b)));
        SINGLES.put("Identity", UnaryOperator.identity());
        SINGLES.put("Neg", Ratio::negated);
        SINGLES.put("Abs", r -> r.max(r.negated()));
        SINGLES.put("Floor", Ratio::floor);
        SINGLES.put("Ceil", Ratio::ceil);
        SINGLES.put("Relu", r -> r.max(Ratio.of(Dim.ZERO)));
        SINGLES.put("Not", r -> Ratio.of(r.top().is(0)));
    }

    private SizeArithmetic() {}

    private static Pair logic(BinaryOperator<Boolean> operator) {
        return (a, b) ->
                Optional.of(Ratio.of(operator.apply(!a.top().is(0), !b.top().is(0))));
    }

    private static Optional<Ratio> remainder(Ratio a, Ratio b) {
        boolean whole = a.isWhole() && b.isWhole() && !b.top().is(0);
        return whole ? Optional.of(Ratio.of(a.top().mod(b.top()))) : Optional.empty();
    }

    /** Returns the result of a node if all its operands depend on sizes alone. */
    static Optional<Operand> apply(Call call) {
        List<Operand.Sizes> operands = new ArrayList<>();
        for (int i = 0; i < call.count(); i++) {
            Optional<Operand.Sizes> numbers = call.has(i) ? SmallNumbers.of(call.operand(i)) : Optional.empty();
            if (numbers.isEmpty()) {
                return Optional.empty();
            }
            operands.add(numbers.get());
        }
        return operands.isEmpty() ? Optional.empty() : result(call, operands);
    }

    private static Optional<Operand> result(Call call, List<Operand.Sizes> operands) {
        String op = call.operator();
        Operand.Sizes x = operands.get(0);
        if (op.equals("Cast") && operands.size() == 1) {
            return cast(x, ElementType.of(call.integer("to", 1), "a cast"));
        }
        if (SINGLES.containsKey(op)) {
            List<Ratio> elements = x.elements().stream().map(SINGLES.get(op)).toList();
            return Optional.of(new Operand.Sizes(x.type(), x.shape(), elements));
        }
        if (op.equals("Mod") && call.integer("fmod", 0) != 0) {
            return Optional.empty();
        }
        boolean compares = COMPARISONS.containsKey(op);
        Pair pair = compares ? COMPARISONS.get(op) : PAIRS.get(op);
        if (pair != null && operands.size() == 2) {
            boolean whole = op.equals("Div") && x.type().read() == org.quantvoice.graph.DType.INT;
            Pair used = whole ? SizeArithmetic::quotient : pair;
            return SizeElements.broadcast(compares ? ElementType.BOOL : x.type(), operands, used::of);
        }
        if (op.equals("Where") && operands.size() == 3) {
            return SizeElements.choose(operands);
        }
        return SizeElements.moved(call, operands);
    }

    /** Divides as ONNX divides integers, towards zero. */
    private static Optional<Ratio> quotient(Ratio a, Ratio b) {
        if (b.top().is(0)) {
            return Optional.empty();
        }
        boolean constant = a.isConstant() && b.isConstant();
        return Optional.of(Ratio.of(
                constant
                        ? Dim.of(a.top().constant() / b.top().constant())
                        : a.top().floorDiv(b.top())));
    }

    private static Optional<Operand> cast(Operand.Sizes x, ElementType type) {
        List<Ratio> elements = new ArrayList<>();
        for (Ratio each : x.elements()) {
            switch (type.read()) {
                case FLOAT -> elements.add(each);
                case INT -> elements.add(each.truncated());
                case BOOL -> {
                    Optional<Boolean> zero = each.isEqual(Ratio.of(Dim.ZERO));
                    if (zero.isEmpty()) {
                        return Optional.empty();
                    }
                    elements.add(Ratio.of(!zero.get()));
                }
            }
        }
        return Optional.of(new Operand.Sizes(type, x.shape(), elements));
    }
}
