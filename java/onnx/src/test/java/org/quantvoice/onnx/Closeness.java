package org.quantvoice.onnx;

/** How near two arrays are. */
final class Closeness {
    private Closeness() {}

    /** Largest difference, relative to the larger of a number's size and the tolerance's absolute part (1). */
    static double worst(float[] got, float[] expected) {
        double worst = got.length == expected.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(got.length, expected.length); i++) {
            double size = Math.max(1, Math.abs(expected[i]));
            double error = Math.abs((double) got[i] - expected[i]) / size;
            worst = error <= worst ? worst : error; // NaN is worst
        }
        return worst;
    }

    /** Largest difference, relative to the largest number of the reference. */
    static double relative(float[] got, float[] expected) {
        double top = 0;
        double worst = got.length == expected.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(got.length, expected.length); i++) {
            top = Math.max(top, Math.abs(expected[i]));
            double error = Math.abs((double) got[i] - expected[i]);
            worst = error <= worst ? worst : error;
        }
        return worst / top;
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
