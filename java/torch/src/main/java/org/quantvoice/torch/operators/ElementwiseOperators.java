package org.quantvoice.torch.operators;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/** Arithmetic, comparisons and masks of tensors; the same names on plain numbers go to {@link NumberArithmetic}. */
final class ElementwiseOperators {

    private ElementwiseOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::add", call -> binary(Op.ADD, "add", call, 2));
        table.put("aten::sub", call -> binary(Op.SUB, "sub", call, 2));
        table.put("aten::rsub", call -> binary(Op.SUB, "sub", call.swapped(), 2));
        table.put("aten::mul", call -> binary(Op.MUL, "mul", call, -1));
        table.put("aten::div", ElementwiseOperators::divide);
        table.put("aten::true_divide", call -> binary(Op.DIV, "div", call, -1));
        table.put("aten::floor_divide", call -> binary(Op.FLOOR_DIV, "floordiv", call, -1));
        table.put("aten::floordiv", call -> binary(Op.FLOOR_DIV, "floordiv", call, -1));
        table.put("aten::remainder", call -> remainder(call, Op.FLOOR));
        table.put("aten::fmod", call -> remainder(call, Op.CAST));
        table.put("aten::pow", call -> binary(Op.POW, "pow", call, -1));
        table.put("aten::maximum", call -> binary(Op.MAXIMUM, "max", call, -1));
        table.put("aten::minimum", call -> binary(Op.MINIMUM, "min", call, -1));
        for (Op op : List.of(Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)) {
            table.put("aten::" + op, call -> binary(op, op.toString(), call, -1));
        }
        for (String name : List.of("aten::logical_and", "aten::__and__", "aten::bitwise_and")) {
            table.put(name, call -> binary(Op.AND, "and", call, -1));
        }
        for (String name : List.of("aten::logical_or", "aten::__or__", "aten::bitwise_or")) {
            table.put(name, call -> binary(Op.OR, "or", call, -1));
        }
        for (String name : List.of("aten::logical_xor", "aten::__xor__", "aten::bitwise_xor")) {
            table.put(name, call -> binary(Op.XOR, "xor", call, -1));
        }
        registerUnary(table);
    }

    private static void registerUnary(Map<String, Operator> table) {
        for (Op op : List.of(
                Op.RELU,
                Op.SILU,
                Op.SIGMOID,
                Op.TANH,
                Op.EXP,
                Op.LOG,
                Op.SQRT,
                Op.RSQRT,
                Op.SIN,
                Op.COS,
                Op.ABS,
                Op.NEG,
                Op.FLOOR,
                Op.ROUND)) {
            table.put("aten::" + op, call -> unary(op, call));
        }
        table.put("prim::abs", call -> NumberArithmetic.abs(call));
        table.put("aten::logical_not", call -> call.emit(Op.NOT, Attributes.NONE, MaskOperators.truths(call)));
        table.put("aten::bitwise_not", call -> call.emit(Op.NOT, Attributes.NONE, MaskOperators.requireBool(call, 0)));
        table.put("aten::square", call -> call.emit(Op.MUL, Attributes.NONE, call.value(0), call.value(0)));
        table.put(
                "aten::reciprocal",
                call -> call.emit(Op.DIV, Attributes.of("scalar", 1.0, "reverse", true), call.value(0)));
        table.put("aten::clamp", call -> clamp(call, 1, 2));
        table.put("aten::hardtanh", call -> clamp(call, 1, 2));
        table.put("aten::clamp_min", call -> clamp(call, 1, -1));
        table.put("aten::clamp_max", call -> clamp(call, -1, 1));
    }

    private static Object unary(Op op, Call call) {
        boolean number = !call.isTensor(0) || call.tensor(0).content() instanceof org.quantvoice.graph.Dim;
        return number ? NumberArithmetic.unary(op, call) : call.emit(op, Attributes.NONE, call.value(0));
    }

    /** @param alpha position of the factor of the second operand; negative: none */
    static Object binary(Op op, String name, Call call, int alpha) {
        if (NumberArithmetic.takes(call)) {
            return NumberArithmetic.binary(name, call);
        }
        if (alpha > 0 && alpha < call.count() && call.number(alpha) != 1) {
            return scaled(op, call, alpha);
        }
        Object left = call.scalar(call.get(0));
        Object right = call.scalar(call.get(1));
        if (!(left instanceof TensorRef)) {
            return scalar(op, call, Objects.requireNonNull(left), call.value(1), true);
        }
        if (!(right instanceof TensorRef)) {
            return scalar(op, call, Objects.requireNonNull(right), call.value(0), false);
        }
        return tensors(op, call, call.value(0), call.value(1));
    }

    private static Object scaled(Op op, Call call, int alpha) {
        Object factor = call.scalar(call.get(alpha));
        if (!call.isTensor(1) || !(call.scalar(call.get(1)) instanceof TensorRef)) {
            throw call.unsupported("a factor of a scalar");
        }
        Value product = call.add(Op.MUL, Attributes.of("scalar", factor), call.value(1));
        return tensors(op, call, call.value(0), product);
    }

    private static Object scalar(Op op, Call call, Object scalar, Value x, boolean reverse) {
        boolean bool = x.type() == DType.BOOL && (op == Op.AND || op == Op.OR || op == Op.XOR);
        if (bool || !(scalar instanceof Double || scalar instanceof org.quantvoice.graph.Dim)) {
            throw call.unsupported("an operand " + scalar);
        }
        Attributes attributes = Attributes.of("scalar", scalar);
        return call.emit(op, reverse ? attributes.with("reverse", true) : attributes, x);
    }

    /** Emits an operator of two tensors. The product of truth values is their AND, and the sum is their OR. */
    private static Object tensors(Op op, Call call, Value a, Value b) {
        boolean bools = a.type() == DType.BOOL && b.type() == DType.BOOL;
        Op logic = op == Op.MUL ? Op.AND : op == Op.ADD ? Op.OR : op == Op.NE ? Op.XOR : op;
        return call.emit(bools ? logic : op, Attributes.NONE, a, b);
    }

    private static Object divide(Call call) {
        if (call.isNone(2)) {
            return binary(Op.DIV, "div", call, -1);
        }
        if (call.get(2).equals("floor")) {
            return binary(Op.FLOOR_DIV, "floordiv", call, -1);
        }
        return NumberArithmetic.takes(call) ? NumberArithmetic.binary("truncdiv", call) : truncated(call);
    }

    /** Returns the quotient rounded towards zero. */
    private static Object truncated(Call call) {
        TensorRef quotient = (TensorRef) binary(Op.DIV, "div", call, -1);
        Formula f = new Formula(call);
        Value x = call.value(quotient);
        Value size = f.of(Op.FLOOR, f.of(Op.ABS, x));
        Value cut = f.where(f.of(Op.LT, x, 0.0), f.of(Op.NEG, size), size);
        boolean whole = type(call, 0) == DType.INT && type(call, 1) == DType.INT;
        return TensorRef.of(whole ? f.cast(cut, DType.INT) : cut);
    }

    private static DType type(Call call, int index) {
        if (call.isTensor(index)) {
            return call.value(index).type();
        }
        return call.scalar(call.get(index)) instanceof Double ? DType.FLOAT : DType.INT;
    }

    /** Returns the remainder of a quotient that is rounded down or towards zero. */
    private static Object remainder(Call call, Op rounding) {
        if (NumberArithmetic.takes(call)) {
            return NumberArithmetic.binary(rounding == Op.FLOOR ? "mod" : "fmod", call);
        }
        TensorRef quotient =
                (TensorRef) (rounding == Op.FLOOR ? binary(Op.FLOOR_DIV, "floordiv", call, -1) : truncated(call));
        Object product = binary(Op.MUL, "mul", call.with(0, quotient), -1);
        return binary(Op.SUB, "sub", call.with(1, product), -1);
    }

    private static Object clamp(Call call, int min, int max) {
        Attributes attributes = Attributes.NONE;
        if (min > 0 && !call.isNone(min)) {
            attributes = attributes.with("min", call.scalar(call.get(min)));
        }
        if (max > 0 && !call.isNone(max)) {
            attributes = attributes.with("max", call.scalar(call.get(max)));
        }
        return call.emit(Op.CLAMP, attributes, call.value(0));
    }
}
