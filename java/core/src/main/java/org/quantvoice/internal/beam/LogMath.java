package org.quantvoice.internal.beam;

/** Sums of probabilities that are kept as logs. */
public final class LogMath {
    public static final double LN10 = Math.log(10);

    /** exp(-40) is below half an ulp of 1, so that the smaller summand is lost in any case. */
    private static final double LOST = 40;

    private LogMath() {}

    /** {@code log(exp(a) + exp(b))} */
    public static double add(double a, double b) {
        double high = Math.max(a, b);
        double difference = Math.min(a, b) - high;
        // Also taken for two negative infinities, whose difference is not a number.
        if (!(difference > -LOST)) {
            return high;
        }
        return high + Math.log(1 + Math.exp(difference));
    }
}
