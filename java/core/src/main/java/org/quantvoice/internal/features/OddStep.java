package org.quantvoice.internal.features;

/**
 * A step of a Fourier transform by a radix that is no power of four: the points of the transforms of {@code half / stride} points that
 * lie side by side are joined, {@code radix} at a time (Stockham, "High-speed convolution and correlation", 1966).
 */
final class OddStep {
    private final int radix;
    private final int stride;
    /** exp(-2 pi i k / radix), as pairs. */
    private final double[] roots;
    /** The turning factors of each butterfly's results, as pairs. */
    private final double[] turns;

    OddStep(int half, int radix, int stride) {
        this.radix = radix;
        this.stride = stride;
        this.roots = new double[2 * radix];
        this.turns = new double[2 * half];
        for (int k = 0; k < radix; k++) {
            put(roots, k, (double) k / radix);
        }
        for (int i = 0; i < half / radix; i++) {
            for (int m = 0; m < radix; m++) {
                put(turns, radix * i + m, (double) ((long) m * (i / stride) * stride % half) / half);
            }
        }
    }

    private static void put(double[] pairs, int at, double turn) {
        pairs[2 * at] = Math.cos(-2 * Math.PI * turn);
        pairs[2 * at + 1] = Math.sin(-2 * Math.PI * turn);
    }

    int radix() {
        return radix;
    }

    void apply(double[] re, double[] im, double[] nextRe, double[] nextIm) {
        int part = re.length / radix;
        for (int i = 0; i < part; i++) {
            int to = radix * (i / stride) * stride + i % stride;
            for (int m = 0; m < radix; m++) {
                double sumRe = 0;
                double sumIm = 0;
                for (int j = 0; j < radix; j++) {
                    int root = 2 * (j * m % radix);
                    double x = re[i + j * part];
                    double y = im[i + j * part];
                    sumRe += x * roots[root] - y * roots[root + 1];
                    sumIm += x * roots[root + 1] + y * roots[root];
                }
                int turn = 2 * (radix * i + m);
                nextRe[to + m * stride] = sumRe * turns[turn] - sumIm * turns[turn + 1];
                nextIm[to + m * stride] = sumRe * turns[turn + 1] + sumIm * turns[turn];
            }
        }
    }
}
