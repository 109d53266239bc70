package org.quantvoice.internal.recipe;

import java.util.Arrays;
import org.quantvoice.internal.recipe.RangeObserver.Bounds;

/** Finds where to clip a histogram at both ends. */
@FunctionalInterface
interface HistogramSearch {
    /** Number of clips tried from each end; together they reach half of the range. */
    int CUTS = 64;

    /** Share of the values that {@link #percentile} clips at each end. */
    double TAIL = 5e-5;

    int LEVELS = 256;

    /** Returns the bounds of the range, from the counts of bins of equal width between two values. */
    Bounds find(double[] counts, double min, double max);

    /** Returns the bounds with the least expected squared error of rounding inside and clipping outside. */
    static Bounds leastSquares(double[] counts, double min, double max) {
        double width = max - min;
        double best = Double.POSITIVE_INFINITY;
        Bounds bounds = new Bounds(min, max);
        for (int low = 0; low < CUTS; low++) {
            for (int high = 0; high < CUTS; high++) {
                double from = min + width * low / (2 * CUTS);
                double to = max - width * high / (2 * CUTS);
                double error = squaredError(counts, min, max, from, to);
                if (error < best) {
                    best = error;
                    bounds = new Bounds(from, to);
                }
                if (min >= 0 && low > 0) {
                    break; // 0 must stay inside, so the low end cannot be cut
                }
            }
        }
        return bounds;
    }

    private static double squaredError(double[] counts, double min, double max, double from, double to) {
        double low = Math.min(from, 0);
        double high = Math.max(to, 0);
        double step = (high - low) / (LEVELS - 1);
        double rounding = step * step / 12;
        double sum = 0;
        double width = (max - min) / counts.length;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                double middle = min + (i + 0.5) * width;
                double cut = Math.max(0, Math.max(low - middle, middle - high));
                sum += counts[i] * (cut > 0 ? cut * cut : rounding);
            }
        }
        return sum;
    }

    /** Returns bounds that clip the same share of values at each end. */
    static Bounds percentile(double[] counts, double min, double max) {
        double tail = TAIL * Arrays.stream(counts).sum();
        double width = (max - min) / counts.length;
        int low = 0;
        for (double sum = counts[0]; sum <= tail; sum += counts[low]) {
            low++;
        }
        int high = counts.length - 1;
        for (double sum = counts[high]; sum <= tail; sum += counts[high]) {
            high--;
        }
        return new Bounds(
                low == 0 ? min : min + low * width, high == counts.length - 1 ? max : min + (high + 1) * width);
    }

    /**
     * Returns the bounds with the least Kullback-Leibler divergence; magnitudes above a common threshold are clipped.
     */
    static Bounds entropy(double[] counts, double min, double max) {
        double least = Double.POSITIVE_INFINITY;
        Bounds best = new Bounds(min, max);
        for (int cut = 0; cut < CUTS; cut++) {
            double threshold = Math.max(-min, max) * (1 - 3.0 * cut / (4 * CUTS));
            Bounds bounds = new Bounds(Math.max(min, -threshold), Math.min(max, threshold));
            int from = bin(counts, min, max, bounds.min());
            int to = bin(counts, min, max, bounds.max());
            if (to - from < LEVELS) {
                break; // with more levels than bins the divergence says nothing
            }
            double divergence = divergence(counts, from, to);
            if (divergence < least) {
                least = divergence;
                best = bounds;
            }
        }
        return best;
    }

    private static int bin(double[] counts, double min, double max, double x) {
        int bin = (int) Math.floor((x - min) / (max - min) * counts.length);
        return Math.max(0, Math.min(counts.length - 1, bin));
    }

    /**
     * Returns the divergence of two distributions over the bins {@code from} to {@code to}. In the first, the counts
     * outside are added to the first and the last bin. In the second, the counts of each level are spread evenly over
     * its bins that hold anything.
     */
    private static double divergence(double[] counts, int from, int to) {
        double[] p = Arrays.copyOfRange(counts, from, to + 1);
        double[] inside = p.clone();
        for (int i = 0; i < counts.length; i++) {
            if (i < from || i > to) {
                p[i < from ? 0 : p.length - 1] += counts[i];
            }
        }
        double total = Arrays.stream(p).sum();
        double kept = Arrays.stream(inside).sum();
        double divergence = 0;
        for (int level = 0; level < LEVELS; level++) {
            int begin = (int) ((long) level * p.length / LEVELS);
            int end = (int) ((level + 1L) * p.length / LEVELS);
            double sum = 0;
            int filled = 0;
            for (int i = begin; i < end; i++) {
                sum += inside[i];
                filled += p[i] > 0 ? 1 : 0;
            }
            for (int i = begin; i < end; i++) {
                if (p[i] > 0) {
                    double q = Math.max(sum / filled / kept, 1e-12);
                    divergence += p[i] / total * Math.log(p[i] / total / q);
                }
            }
        }
        return divergence;
    }
}
