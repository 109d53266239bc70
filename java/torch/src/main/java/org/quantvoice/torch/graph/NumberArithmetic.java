package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;

/** Arithmetic without tensors' elements: whole numbers that may be sizes, reals, strings, lists, truth values. */
final class NumberArithmetic {

    private NumberArithmetic() {}

    /** Whether neither operand has elements that only the run knows; sizes that a trace keeps in tensors have none. */
    static boolean takes(Call call) {
        return isNumber(call.get(0)) && isNumber(call.get(1));
    }

    private static boolean isNumber(Object argument) {
        return !(argument instanceof TensorRef tensor) || Call.scalar(tensor).isPresent();
    }

    static Object binary(String name, Call call) {
        if (call.get(0) instanceof Boolean && call.get(1) instanceof Boolean) {
            return logic(name, call, call.get(0), call.get(1));
        }
        Object result = compute(name, call, call.scalar(call.get(0)), call.scalar(call.get(1)));
        boolean tensor = call.isTensor(0) || call.isTensor(1);
        return tensor && result instanceof Dim size ? TensorRef.of(size) : result;
    }

    private static Object compute(String name, Call call, Object a, Object b) {
        if (a instanceof Undecided || b instanceof Undecided) {
            return logic(name, call, a, b);
        }
        if (a instanceof Dim left && b instanceof Dim right) {
            return sizes(name, call, left, right);
        }
        if (a instanceof Number || b instanceof Number) {
            return reals(name, call, real(call, a), real(call, b));
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return lists(name, call, left, right);
        }
        if (name.equals("eq") || name.equals("ne")) {
            return a.equals(b) == name.equals("eq");
        }
        throw call.unsupported("with arguments " + call.arguments());
    }

    private static Object logic(String name, Call call, Object a, Object b) {
        boolean known = a instanceof Boolean && b instanceof Boolean;
        return switch (name) {
            case "and" ->
                a.equals(false) || b.equals(false) ? (Object) false : known ? true : new Undecided(a + " and " + b);
            case "or" ->
                a.equals(true) || b.equals(true) ? (Object) true : known ? false : new Undecided(a + " or " + b);
            case "eq" -> known ? (Object) a.equals(b) : new Undecided(a + " == " + b);
            case "ne", "xor" -> known ? (Object) !a.equals(b) : new Undecided(a + " != " + b);
            default -> throw call.unsupported("with arguments " + call.arguments());
        };
    }

    private static Object sizes(String name, Call call, Dim a, Dim b) {
        return switch (name) {
            case "add" -> a.plus(b);
            case "sub" -> a.minus(b);
            case "mul" -> a.times(b);
            case "floordiv" -> a.floorDiv(b);
            case "mod" -> a.mod(b);
            case "max" -> a.max(b);
            case "min" -> a.min(b);
            case "div" -> (double) constant(call, a) / constant(call, b);
            case "pow" -> power(constant(call, a), constant(call, b));
            default -> Sizes.compare(name, a, b);
        };
    }

    private static long constant(Call call, Dim dim) {
        if (!dim.isConstant()) {
            throw call.unsupported("real arithmetic of the size " + dim);
        }
        return dim.constant();
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            return Math.pow(base, exponent);
        }
        return Dim.of(java.math.BigInteger.valueOf(base)
                .pow(Math.toIntExact(exponent))
                .longValueExact());
    }

    private static double real(Call call, Object number) {
        return number instanceof Double real ? real : constant(call, call.dim(number));
    }

    private static Object reals(String name, Call call, double a, double b) {
        return switch (name) {
            case "add" -> a + b;
            case "sub" -> a - b;
            case "mul" -> a * b;
            case "div" -> a / b;
            case "floordiv" -> Math.floor(a / b);
            case "mod" -> a - b * Math.floor(a / b);
            case "pow" -> Math.pow(a, b);
            case "max" -> Math.max(a, b);
            case "min" -> Math.min(a, b);
            case "eq" -> a == b;
            case "ne" -> a != b;
            case "lt" -> a < b;
            case "le" -> a <= b;
            case "gt" -> a > b;
            case "ge" -> a >= b;
            default -> throw call.unsupported("of real numbers");
        };
    }

    private static Object lists(String name, Call call, List<?> a, List<?> b) {
        if (name.equals("add")) {
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (!name.equals("eq") && !name.equals("ne")) {
            throw call.unsupported("of lists");
        }
        Object equal = a.size() == b.size();
        for (int i = 0; i < a.size() && a.size() == b.size(); i++) {
            equal = logic("and", call, equal, compute("eq", call, a.get(i), b.get(i)));
        }
        return name.equals("eq") ? equal : Sizes.not(equal);
    }

    /** {@code element in list}. */
    static Object contains(Call call) {
        Object found = false;
        for (Object element : call.list(0)) {
            found = logic("or", call, found, compute("eq", call, element, call.get(1)));
        }
        return found;
    }

    static Object unary(Op op, Call call) {
        Object number = call.scalar(call.get(0));
        Object result;
        if (op == Op.NEG) {
            result = number instanceof Double real
                    ? (Object) (-real)
                    : call.dim(0).times(-1);
        } else if (op == Op.FLOOR || op == Op.ROUND) {
            result = number instanceof Dim ? number : rounded(op, call);
        } else if (op == Op.SQRT) {
            result = Math.sqrt(call.number(0));
        } else {
            throw call.unsupported("of the number " + number);
        }
        return call.isTensor(0) && result instanceof Dim size ? TensorRef.of(size) : result;
    }

    /** Python's floor and round give whole numbers. */
    private static Object rounded(Op op, Call call) {
        double number = call.number(0);
        return Dim.of((long) (op == Op.FLOOR ? Math.floor(number) : Math.rint(number)));
    }

    static Object abs(Call call) {
        if (call.scalar(call.get(0)) instanceof Dim dim) {
            return dim.max(dim.times(-1));
        }
        return Math.abs(call.number(0));
    }
}
