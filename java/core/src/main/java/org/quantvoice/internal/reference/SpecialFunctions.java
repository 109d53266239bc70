package org.quantvoice.internal.reference;

/** Functions that {@link Math} lacks, to double precision. */
public final class SpecialFunctions {

    private static final double SATURATED = 6;

    private SpecialFunctions() {}

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /**
     * Computes the error function by its series of positive terms: {@code 2 / sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) /
     * (2n+1)!!}.
     */
    static double erf(double x) {
        if (Math.abs(x) >= SATURATED) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    static double gelu(double x) {
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    static double geluTanh(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }
}
