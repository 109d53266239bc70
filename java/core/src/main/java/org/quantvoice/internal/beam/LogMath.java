package org.quantvoice.internal.beam;

/** Adds probabilities that are stored as logs. */
public final class LogMath {
    public static final double LN10 = Math.log(10);

    /** Difference of logs from which the smaller summand is lost: exp(-40) is below half an ulp of 1. */
    private static final double LOST = 40;

    private LogMath() {}

    /** Returns {@code log(exp(a) + exp(b))}. */
    public static double add(double a, double b) {
        double high = Math.max(a, b);
        double difference = Math.min(a, b) - high;
        // This branch is also taken for two negative infinities, whose difference is not a number.
        if (!(difference > -LOST)) {
            return high;
        }
        return high + Math.log(1 + Math.exp(difference));
    }
}
