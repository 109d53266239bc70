package org.quantvoice.torch.values;

import org.quantvoice.graph.Dim;

/** Python's arithmetic and comparisons of whole numbers that may depend on the input. */
public final class Sizes {

    private Sizes() {}

    /** Compares two sizes; returns a Boolean, or {@link Undecided} if it depends on the input. */
    public static Object compare(String comparison, Dim a, Dim b) {
        Dim difference = a.minus(b);
        return switch (comparison) {
            case "eq" -> equal(difference, a + " == " + b);
            case "ne" -> not(equal(difference, a + " != " + b));
            case "lt" -> below(difference, a + " < " + b);
            case "ge" -> not(below(difference, a + " >= " + b));
            case "gt" -> below(difference.times(-1), a + " > " + b);
            case "le" -> not(below(difference.times(-1), a + " <= " + b));
            default -> throw new IllegalStateException("no comparison " + comparison);
        };
    }

    private static Object equal(Dim difference, String text) {
        if (difference.is(0)) {
            return true;
        }
        boolean never = difference.isAtLeast(1) || difference.isAtMost(-1);
        return never ? (Object) false : new Undecided(text);
    }

    private static Object below(Dim difference, String text) {
        if (difference.isAtMost(-1)) {
            return true;
        }
        return difference.isAtLeast(0) ? (Object) false : new Undecided(text);
    }

    public static Object not(Object truth) {
        return truth instanceof Boolean known ? (Object) !known : new Undecided("not " + truth);
    }

    /**
     * Returns a position counted from the front; Python counts negative ones from the end. One that falls without end as
     * recordings get longer, such as {@code -x.size(1)}, is negative but for recordings that are too short.
     */
    public static Dim position(Dim index, Dim size) {
        boolean falls = !index.isConstant() && index.isAtMost(Integer.MAX_VALUE) && !index.isAtLeast(Integer.MIN_VALUE);
        return falls || index.isAtMost(-1) ? index.plus(size) : index;
    }

    /**
     * Returns a bound of a slice, moved into {@code 0 .. size} as Python does. Where that depends on the input, a
     * constant bound is cut at the size; a bound that is itself a size, as of a table of positions, is assumed to be
     * inside, and the engine checks it when it runs.
     */
    public static Dim bound(Dim index, Dim size) {
        if (index.isAtLeast(Integer.MAX_VALUE)) {
            return size; // Python's way to say "to the end"
        }
        Dim position = position(index, size);
        if (position.isAtMost(0)) {
            return Dim.ZERO;
        }
        if (position.minus(size).isAtLeast(0)) {
            return size;
        }
        return position.isConstant() && !size.isConstant() ? position.min(size) : position;
    }
}
