package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates operators of two broadcasting operands, and choices. */
final class BinaryOperators {
    private static final Set<Op> COMMUTE = Set.of(Op.ADD, Op.MUL, Op.MAXIMUM, Op.MINIMUM, Op.EQ, Op.NE);

    private BinaryOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("Add", call -> Fusions.add(call).orElseGet(() -> arithmetic(call, Op.ADD)));
        table.put("Sub", call -> arithmetic(call, Op.SUB));
        table.put("Mul", call -> Fusions.multiply(call).orElseGet(() -> arithmetic(call, Op.MUL)));
        table.put("Div", call -> Fusions.divide(call).orElseGet(() -> arithmetic(call, quotient(call))));
        table.put("Pow", BinaryOperators::power);
        table.put("Mod", BinaryOperators::remainder);
        Map<String, Op> compared = Map.of(
                "Equal", Op.EQ,
                "Less", Op.LT,
                "LessOrEqual", Op.LE,
                "Greater", Op.GT,
                "GreaterOrEqual", Op.GE);
        compared.forEach((name, op) -> table.put(name, call -> compare(call, op)));
        Map<String, Op> logic = Map.of("And", Op.AND, "Or", Op.OR, "Xor", Op.XOR);
        logic.forEach((name, op) -> table.put(name, call -> call.truths(call.add(op, call.value(0), call.value(1)))));
        table.put("Max", call -> many(call, Op.MAXIMUM));
        table.put("Min", call -> many(call, Op.MINIMUM));
        table.put("Sum", call -> many(call, Op.ADD));
        table.put("Mean", BinaryOperators::mean);
        table.put("Where", BinaryOperators::where);
    }

    private static Op quotient(Call call) {
        return call.type(0).read() == DType.INT ? Op.FLOOR_DIV : Op.DIV;
    }

    private static List<Operand> arithmetic(Call call, Op op) {
        return call.like(binary(call, op));
    }

    /**
     * Returns the operator's result; if one side is a single number that broadcasts, it becomes a scalar attribute.
     */
    static Value binary(Call call, Op op) {
        int right = scalarAt(call, 1, 0);
        int left = scalarAt(call, 0, 1);
        if (right >= 0) {
            return call.add(op, scalar(call, 1), call.value(0));
        }
        if (left >= 0) {
            Attributes attributes = scalar(call, 0);
            return call.add(op, COMMUTE.contains(op) ? attributes : attributes.with("reverse", true), call.value(1));
        }
        return call.add(op, call.value(0), call.value(1));
    }

    /**
     * Returns the index if that operand is one known number that adds no axes to the other operand, which is no known
     * number; else -1.
     */
    private static int scalarAt(Call call, int index, int other) {
        boolean known = call.number(index).isPresent() && call.number(other).isEmpty();
        return known && call.shape(index).rank() <= call.shape(other).rank() && isNumber(call, index) ? index : -1;
    }

    private static boolean isNumber(Call call, int index) {
        return call.type(index).read() != DType.BOOL;
    }

    private static Attributes scalar(Call call, int index) {
        OptionalDouble number = call.number(index);
        boolean whole = call.type(index).read() == DType.INT;
        return whole ? Attributes.of("scalar", call.dim(index)) : Attributes.of("scalar", number.getAsDouble());
    }

    private static List<Operand> power(Call call) {
        OptionalDouble exponent = call.number(1);
        if (exponent.isPresent() && call.type(0).read() == DType.FLOAT) {
            double number = exponent.getAsDouble();
            Value x = call.value(0);
            if (number == 0.5) {
                return call.like(call.add(Op.SQRT, x));
            }
            if (number == 2) {
                return call.like(call.add(Op.MUL, x, x));
            }
            return call.like(number == -0.5 ? call.add(Op.RSQRT, x) : call.scalar(Op.POW, x, number));
        }
        return arithmetic(call, Op.POW);
    }

    /**
     * Writes a remainder, which has the sign of the divisor for integers; the sign of the dividend (fmod) is refused.
     */
    private static List<Operand> remainder(Call call) {
        if (call.integer("fmod", 0) != 0) {
            throw call.unsupported("with the dividend's sign");
        }
        Op op = call.type(0).read() == DType.INT ? Op.FLOOR_DIV : Op.DIV;
        Value quotient = binary(call, op);
        Value whole = op == Op.DIV ? call.add(Op.FLOOR, quotient) : quotient;
        return call.like(call.add(Op.SUB, call.value(0), call.add(Op.MUL, whole, call.value(1))));
    }

    private static List<Operand> compare(Call call, Op op) {
        if (call.type(0).read() == DType.BOOL) {
            return call.truths(call.add(Op.NOT, call.add(Op.XOR, call.value(0), call.value(1))));
        }
        return call.truths(binary(call, op));
    }

    private static List<Operand> many(Call call, Op op) {
        Operand result = call.operand(0);
        for (int i = 1; i < call.count(); i++) {
            result = arithmetic(call.with(result, call.operand(i)), op).get(0);
        }
        return List.of(result);
    }

    private static List<Operand> mean(Call call) {
        Operand sum = many(call, Op.ADD).get(0);
        Call all = call.with(sum);
        return call.like(all.scalar(Op.DIV, all.value(0), call.count()));
    }

    private static List<Operand> where(Call call) {
        OptionalDouble condition = call.number(0);
        List<Dim> all = Shapes.broadcast(
                call.shape(0).dims(),
                Shapes.broadcast(call.shape(1).dims(), call.shape(2).dims()));
        if (condition.isPresent()) {
            int chosen = condition.getAsDouble() != 0 ? 1 : 2;
            Operand operand = call.operand(chosen);
            return call.shape(chosen).dims().equals(all)
                    ? List.of(operand)
                    : List.of(call.result(LayoutOperators.expanded(call, call.value(chosen), all), call.type(chosen)));
        }
        ElementType type = call.type(1);
        OptionalDouble yes = call.number(1);
        boolean filled = yes.isPresent()
                && type.read() == DType.FLOAT
                && call.shape(2).dims().equals(all);
        return filled
                ? List.of(call.result(
                        call.add(
                                Op.MASKED_FILL,
                                Attributes.of("value", yes.getAsDouble()),
                                call.value(2),
                                call.value(0)),
                        type))
                : List.of(call.result(call.add(Op.WHERE, call.value(0), call.value(1), call.value(2)), type));
    }
}
