package org.quantvoice.internal.onnx.values;

import java.util.Optional;
import org.quantvoice.graph.Dim;

/**
 * An exact number {@code top / bottom} that depends on sizes alone. It is a fraction because models compute lengths
 * in floats too.
 *
 * @param top of the fraction
 * @param bottom above 0
 */
public record Ratio(Dim top, long bottom) {
    private static final long MOST_PARTS = 1 << 20;
    private static final double WHOLE = 1L << 52;

    public static Ratio of(Dim whole) {
        return new Ratio(whole, 1);
    }

    public static Ratio of(boolean truth) {
        return of(Dim.of(truth ? 1 : 0));
    }

    /** Returns a real number as a fraction whose bottom is a small power of two. */
    public static Optional<Ratio> exact(double number) {
        for (long bottom = 1; bottom <= MOST_PARTS; bottom *= 2) {
            double top = number * bottom;
            if (top == Math.rint(top) && Math.abs(top) < WHOLE) {
                return Optional.of(new Ratio(Dim.of((long) top), bottom));
            }
        }
        return Optional.empty();
    }

    public boolean isConstant() {
        return top.isConstant();
    }

    /** Returns the value of a constant. */
    public double number() {
        return (double) top.constant() / bottom;
    }

    public boolean isWhole() {
        return bottom == 1;
    }

    public Ratio plus(Ratio other) {
        return lowest(top.times(other.bottom).plus(other.top.times(bottom)), Math.multiplyExact(bottom, other.bottom));
    }

    public Ratio negated() {
        return new Ratio(top.times(-1), bottom);
    }

    public Ratio times(Ratio other) {
        return lowest(top.times(other.top), Math.multiplyExact(bottom, other.bottom));
    }

    /** Returns the fraction with the smallest bottom that a division of the top by the bottom shows. */
    private static Ratio lowest(Dim top, long bottom) {
        return top.exactDiv(Dim.of(bottom)).map(Ratio::of).orElse(new Ratio(top, bottom));
    }

    /** Returns the quotient: by a constant, or by a size that divides exactly; else empty. */
    public Optional<Ratio> dividedBy(Ratio other) {
        if (other.top.is(0)) {
            return Optional.empty();
        }
        Dim dividend = top.times(other.bottom);
        Optional<Dim> whole = dividend.exactDiv(other.top);
        if (whole.isPresent()) {
            return whole.map(w -> lowest(w, bottom));
        }
        if (!other.top.isConstant() || bottom > MOST_PARTS) {
            return Optional.empty();
        }
        long divisor = other.top.constant();
        Dim signed = divisor < 0 ? dividend.times(-1) : dividend;
        return Optional.of(lowest(signed, Math.multiplyExact(bottom, Math.abs(divisor))));
    }

    public Ratio floor() {
        return of(top.floorDiv(bottom));
    }

    public Ratio ceil() {
        return of(top.plus(bottom - 1).floorDiv(bottom));
    }

    public Ratio max(Ratio other) {
        return lowest(top.times(other.bottom).max(other.top.times(bottom)), Math.multiplyExact(bottom, other.bottom));
    }

    /** Returns the number rounded towards zero, as casts and integer divisions do. */
    public Ratio truncated() {
        return top.isConstant() ? of(Dim.of(top.constant() / bottom)) : floor();
    }

    /** Returns whether this is below the other; empty if that depends on the sizes. */
    public Optional<Boolean> isBelow(Ratio other) {
        Dim difference = top.times(other.bottom).minus(other.top.times(bottom));
        return difference.isAtMost(-1)
                ? Optional.of(true)
                : difference.isAtLeast(0) ? Optional.of(false) : Optional.empty();
    }

    public Optional<Boolean> isEqual(Ratio other) {
        Dim difference = top.times(other.bottom).minus(other.top.times(bottom));
        if (difference.is(0)) {
            return Optional.of(true);
        }
        return difference.isAtLeast(1) || difference.isAtMost(-1) ? Optional.of(false) : Optional.empty();
    }
}
