package org.quantvoice.graph;

/** Bounds of an integer, both included; {@link Long#MIN_VALUE} and {@link #UNBOUNDED} stand for the infinities. */
record Interval(long low, long high) {

    static final long UNBOUNDED = Long.MAX_VALUE;
    private static final Interval ANY = new Interval(Long.MIN_VALUE, UNBOUNDED);

    Interval plus(Interval other) {
        return new Interval(add(low, other.low), add(high, other.high));
    }

    Interval times(Interval other) {
        long a = multiply(low, other.low);
        long b = multiply(low, other.high);
        long c = multiply(high, other.low);
        long d = multiply(high, other.high);
        return new Interval(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
    }

    Interval max(Interval other) {
        return new Interval(Math.max(low, other.low), Math.max(high, other.high));
    }

    /**
     * Returns bounds of a floor quotient. Only a constant positive divisor gives bounds; with any other the quotient
     * may be any number.
     */
    Interval floorDiv(Interval divisor) {
        if (divisor.low != divisor.high || divisor.low <= 0) {
            return ANY;
        }
        return new Interval(divide(low, divisor.low), divide(high, divisor.low));
    }

    private static boolean infinite(long a) {
        return a == Long.MIN_VALUE || a == UNBOUNDED;
    }

    private static long add(long a, long b) {
        if (infinite(a)) {
            return a;
        }
        if (infinite(b)) {
            return b;
        }
        long sum = a + b;
        boolean overflow = ((a ^ sum) & (b ^ sum)) < 0;
        return overflow ? (a < 0 ? Long.MIN_VALUE : UNBOUNDED) : sum;
    }

    private static long multiply(long a, long b) {
        if (a == 0 || b == 0) {
            return 0;
        }
        boolean overflow = infinite(a) || infinite(b) || Math.multiplyHigh(a, b) != (a * b) >> 63;
        return overflow ? ((a < 0) != (b < 0) ? Long.MIN_VALUE : UNBOUNDED) : a * b;
    }

    private static long divide(long a, long b) {
        return infinite(a) ? a : Math.floorDiv(a, b);
    }
}
