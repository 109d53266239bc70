package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.torch.values.Sizes;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.Undecided;
import org.quantvoice.torch.values.UniformValues;

/**
 * Arithmetic that needs no tensor's elements: on integers that may be sizes, on reals, strings, lists and truth values.
 */
final class NumberArithmetic {

    private static final Map<String, Op> OPERATORS = Map.ofEntries(
            Map.entry("add", Op.ADD),
            Map.entry("sub", Op.SUB),
            Map.entry("mul", Op.MUL),
            Map.entry("div", Op.DIV),
            Map.entry("floordiv", Op.FLOOR_DIV),
            Map.entry("max", Op.MAXIMUM),
            Map.entry("min", Op.MINIMUM),
            Map.entry("eq", Op.EQ),
            Map.entry("ne", Op.NE),
            Map.entry("lt", Op.LT),
            Map.entry("le", Op.LE),
            Map.entry("gt", Op.GT),
            Map.entry("ge", Op.GE));

    private NumberArithmetic() {}

    /** Returns whether both operands are known numbers. A size that a trace keeps in a tensor counts as a number. */
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
        if (isQuotient(a) || isQuotient(b) || isSize(a) && b instanceof Double || a instanceof Double && isSize(b)) {
            return ratios(name, call, ratio(call, a), ratio(call, b));
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
        if (name.equals("mul")
                && (a instanceof List<?> && b instanceof Dim || a instanceof Dim && b instanceof List<?>)) {
            long times = constant(call, a instanceof Dim number ? number : (Dim) b);
            return repeated(a instanceof List<?> list ? list : (List<?>) b, times);
        }
        throw call.unsupported("with arguments " + call.arguments());
    }

    /** Returns the largest or smallest of the arguments, or of the list that is the only one. */
    static Object extreme(String name, Call call) {
        List<?> numbers = call.count() == 1 ? call.list(0) : call.arguments();
        if (numbers.isEmpty() || numbers.stream().anyMatch(List.class::isInstance)) {
            throw call.unsupported("with arguments " + call.arguments());
        }
        return numbers.stream()
                .<Object>map(call::scalar)
                .reduce((a, b) -> compute(name, call, a, b))
                .orElseThrow();
    }

    /** Returns a list repeated several times, as {@code [0] * 3} does. */
    private static List<Object> repeated(List<?> list, long times) {
        List<Object> all = new ArrayList<>();
        for (long i = 0; i < times; i++) {
            all.addAll(list);
        }
        return all;
    }

    private static boolean isQuotient(Object number) {
        return number instanceof UniformValues.Ratio;
    }

    private static boolean isSize(Object number) {
        return number instanceof Dim size && !size.isConstant();
    }

    private static UniformValues.Ratio ratio(Call call, Object number) {
        if (number instanceof UniformValues.Ratio ratio) {
            return ratio;
        }
        if (number instanceof Dim size) {
            return UniformValues.Ratio.of(size);
        }
        return number instanceof Double real
                ? UniformValues.exact(real).orElseThrow(() -> call.unsupported("of a size and " + real))
                : UniformValues.Ratio.of(call.dim(number));
    }

    /** Computes with quotients of sizes; a comparison gives a truth value. */
    private static Object ratios(String name, Call call, UniformValues.Ratio a, UniformValues.Ratio b) {
        Op op = OPERATORS.get(name);
        UniformValues.Ratio result =
                op == null ? null : UniformValues.computed(op, a, b).orElse(null);
        if (op == null || result == null) {
            throw call.unsupported("of quotients of sizes");
        }
        return op.isComparison() ? (Object) result.top().is(1) : result;
    }

    /** Rounds a quotient towards zero. */
    static Object truncated(Call call, UniformValues.Ratio ratio) {
        if (ratio.top().isAtLeast(0)) {
            return ratio.floor().top();
        }
        if (ratio.top().isAtMost(0)) {
            return ceiling(ratio);
        }
        throw call.unsupported("of " + ratio + ", which may have either sign");
    }

    private static Dim ceiling(UniformValues.Ratio ratio) {
        return ratio.top().times(-1).floorDiv(ratio.bottom()).times(-1);
    }

    /** Rounds up, as Python does with a number and libtorch with a size in a tensor. */
    static Object ceiling(Call call) {
        Object number = call.scalar(call.get(0));
        Object result = number instanceof UniformValues.Ratio ratio
                ? ceiling(ratio)
                : number instanceof Dim ? number : Dim.of((long) Math.ceil(call.number(0)));
        return call.isTensor(0) && result instanceof Dim size ? TensorRef.of(size) : result;
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
            case "div" -> quotient(call, a, b);
            case "truncdiv" -> truncated(call, a, b);
            case "fmod" -> a.minus(((Dim) truncated(call, a, b)).times(b));
            case "pow" -> power(constant(call, a), constant(call, b));
            default -> Sizes.compare(name, a, b);
        };
    }

    private static Object quotient(Call call, Dim a, Dim b) {
        if (a.isConstant() && b.isConstant()) {
            return (double) a.constant() / b.constant();
        }
        return UniformValues.computed(Op.DIV, UniformValues.Ratio.of(a), UniformValues.Ratio.of(b))
                .orElseThrow(() -> call.unsupported("of the sizes " + a + " and " + b));
    }

    private static Object truncated(Call call, Dim a, Dim b) {
        if (b.isAtMost(-1)) {
            return truncated(call, a.times(-1), b.times(-1));
        }
        if (!b.isAtLeast(1)) {
            throw call.unsupported("by " + b + ", which may be 0");
        }
        if (a.isAtLeast(0)) {
            return a.floorDiv(b);
        }
        if (a.isAtMost(0)) {
            return a.times(-1).floorDiv(b).times(-1);
        }
        throw call.unsupported("of " + a + ", which may have either sign");
    }

    static long constant(Call call, Dim dim) {
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
            case "truncdiv" -> (double) (long) (a / b);
            case "fmod" -> a % b;
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

    /** Returns whether an element is in a list. */
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
        } else if (number instanceof UniformValues.Ratio ratio) {
            result = quotient(op, call, ratio);
        } else if (op == Op.FLOOR || op == Op.ROUND) {
            result = number instanceof Dim ? number : rounded(op, call);
        } else if (op == Op.LOG) {
            result = Math.log(call.number(0));
        } else if (op == Op.EXP) {
            result = Math.exp(call.number(0));
        } else if (op == Op.SIN) {
            result = Math.sin(call.number(0));
        } else if (op == Op.COS) {
            result = Math.cos(call.number(0));
        } else if (op == Op.SQRT) {
            result = Math.sqrt(call.number(0));
        } else {
            throw call.unsupported("of the number " + number);
        }
        return call.isTensor(0) && result instanceof Dim size ? TensorRef.of(size) : result;
    }

    private static Object quotient(Op op, Call call, UniformValues.Ratio ratio) {
        return switch (op) {
            case FLOOR -> ratio.floor().top();
            case ROUND ->
                ratio.plus(new UniformValues.Ratio(Dim.ONE, 2), 1).floor().top();
            default -> throw call.unsupported("of the quotient " + ratio);
        };
    }

    /** Rounds a number; Python's floor and round give integers. */
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
