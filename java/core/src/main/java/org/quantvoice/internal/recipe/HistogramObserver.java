package org.quantvoice.internal.recipe;

/**
 * Finds a range by a histogram over the range seen so far. When the range grows, the count of each old bin moves to
 * the new bin that holds its middle.
 */
final class HistogramObserver extends RangeObserver {
    private static final int BINS = 2048;

    private final HistogramSearch search;
    private double[] counts = new double[BINS];

    HistogramObserver(String name, HistogramSearch search) {
        super(name);
        this.search = search;
    }

    @Override
    public void add(float[] values) {
        float oldMin = min();
        float oldMax = max();
        super.add(values);
        if (oldMin <= oldMax && (min() < oldMin || max() > oldMax)) {
            rebin(oldMin, oldMax);
        }
        for (float x : values) {
            counts[bin(x)]++;
        }
    }

    private int bin(double x) {
        double width = (double) max() - min();
        return width <= 0 ? 0 : Math.min(BINS - 1, (int) ((x - min()) / width * BINS));
    }

    private void rebin(float oldMin, float oldMax) {
        double[] old = counts;
        counts = new double[BINS];
        for (int i = 0; i < BINS; i++) {
            double middle = oldMin + (i + 0.5) / BINS * ((double) oldMax - oldMin);
            counts[bin(middle)] += old[i];
        }
    }

    @Override
    Bounds found() {
        return min() == max() ? new Bounds(min(), max()) : search.find(counts, min(), max());
    }
}
