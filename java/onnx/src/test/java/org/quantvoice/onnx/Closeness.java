package org.quantvoice.onnx;

/** How near two arrays are. */
final class Closeness {
    private Closeness() {}

    /** Largest difference, where the limit is both relative and absolute: numpy's {@code allclose(rtol=limit, atol=limit)}. */
    static double error(float[] got, float[] expected) {
        return got.length == expected.length ? error(got, expected, 0) : Double.POSITIVE_INFINITY;
    }

    /** The same against a part of the expected numbers. */
    static double error(float[] got, float[] expected, int from) {
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            double error = Math.abs((double) got[i] - expected[from + i]) / (1 + Math.abs(expected[from + i]));
            worst = error <= worst ? worst : error; // NaN is worst
        }
        return worst;
    }

    static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return a.length == b.length ? dot / Math.sqrt(aa * bb) : 0;
    }
}
