package org.quantvoice.onnx;

import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;

/** Operators of two broadcasting operands. */
final class BinaryOperators {
    private BinaryOperators() {}

    static String write(Call call) {
        Op op = call.node().op();
        DType type = operandType(call, op);
        String left = call.as(type, 0);
        String right = call.attributes().has("scalar") ? scalar(call, type) : call.as(type, 1);
        if (call.attributes().flag("reverse")) {
            String swap = left;
            left = right;
            right = swap;
        }
        return result(call, op, type, left, right);
    }

    private static String scalar(Call call, DType type) {
        return type == DType.BOOL
                ? call.cast(call.scalar("scalar", DType.INT), DType.INT, type)
                : call.scalar("scalar", type);
    }

    /** Returns the type that both operands are converted to. */
    private static DType operandType(Call call, Op op) {
        if (op == Op.AND || op == Op.OR || op == Op.XOR) {
            return DType.BOOL;
        }
        DType left = call.value(0).type();
        DType right = !call.attributes().has("scalar")
                ? call.value(1).type()
                : call.attributes().isInteger("scalar") ? DType.INT : DType.FLOAT;
        DType both = left.promote(right);
        boolean arithmetic = call.type() != DType.BOOL;
        DType needed = arithmetic ? both.promote(call.type()) : both;
        return needed == DType.BOOL ? DType.INT : needed;
    }

    private static String result(Call call, Op op, DType type, String left, String right) {
        return switch (op) {
            case ADD -> typed(call, type, call.add("Add", left, right));
            case SUB -> typed(call, type, call.add("Sub", left, right));
            case MUL -> typed(call, type, call.add("Mul", left, right));
            case DIV -> call.add("Div", left, right);
            case FLOOR_DIV -> typed(call, type, floorDiv(call, type, left, right));
            case POW -> typed(call, type, call.add("Pow", left, right));
            case MAXIMUM -> typed(call, type, call.add("Max", left, right));
            case MINIMUM -> typed(call, type, call.add("Min", left, right));
            case EQ -> call.add("Equal", left, right);
            case NE -> call.add("Not", call.add("Equal", left, right));
            case LT -> call.add("Less", left, right);
            case LE -> call.add("LessOrEqual", left, right);
            case GT -> call.add("Greater", left, right);
            case GE -> call.add("GreaterOrEqual", left, right);
            case AND -> call.add("And", left, right);
            case OR -> call.add("Or", left, right);
            case XOR -> call.add("Xor", left, right);
            default -> throw call.unsupported("no rule for it");
        };
    }

    private static String typed(Call call, DType from, String x) {
        return call.cast(x, from, call.type());
    }

    private static String floorDiv(Call call, DType type, String left, String right) {
        if (type == DType.FLOAT) {
            return call.add("Floor", call.add("Div", left, right));
        }
        return call.sizes().floorDiv(left, right);
    }
}
