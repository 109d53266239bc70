package org.quantvoice.audio;

/**
 * The rows of coefficients of a resampler by {@code up / down} (reduced): one for each of the {@code up} positions
 * that an output can have between two inputs, if these are few. Otherwise there are rows for evenly spaced positions,
 * and an output is interpolated between the outputs of the two rows around its position: whatever the ratio is, there
 * is no drift, and an output costs the work of two rows. The rows are then 1/8192 of a sample of the lower rate
 * apart, and interpolation over a distance of d errs by {@code (pi d)^2 / 8} at that rate's Nyquist frequency: -154
 * dB.
 */
final class PolyphaseFilter {
    private static final int MAX_KEPT = 1 << 20;

    private final int up;
    private final int half;
    private final double halfWidth;
    /** Number of rows from one input to the next; {@code up} if each position has its own row. */
    private final int steps;

    private final float[] rows;

    PolyphaseFilter(int up, int down) {
        this.up = up;
        this.halfWidth = KaiserSinc.ZERO_CROSSINGS * Math.max(1.0, (double) down / up);
        this.half = (int) Math.ceil(halfWidth);
        boolean exact = (long) up * taps() <= MAX_KEPT;
        this.steps = exact ? up : MAX_KEPT / taps() - 1;
        int count = exact ? up : steps + 1; // the last row is the first of the next input, for interpolation
        this.rows = new float[count * taps()];
        for (int row = 0; row < count; row++) {
            fill((double) row / steps, row * taps());
        }
    }

    /** Returns the number of inputs on either side of an output's position that contribute to it. */
    int half() {
        return half;
    }

    private int taps() {
        return 2 * half;
    }

    /**
     * Returns the output at the position {@code phase / up} of an input's length behind {@code x[at + half - 1]}. The
     * order of additions is fixed, so equal inputs give equal bits.
     */
    float apply(int phase, float[] x, int at) {
        if (steps == up) {
            return product(phase, x, at);
        }
        double place = (double) phase * steps / up;
        int below = (int) place;
        float low = product(below, x, at);
        return low + (float) (place - below) * (product(below + 1, x, at) - low);
    }

    private float product(int index, float[] x, int at) {
        int row = index * taps();
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int n = taps();
        int j = 0;
        for (; j <= n - 4; j += 4) { // four sums that are independent of each other
            a += rows[row + j] * x[at + j];
            b += rows[row + j + 1] * x[at + j + 1];
            c += rows[row + j + 2] * x[at + j + 2];
            d += rows[row + j + 3] * x[at + j + 3];
        }
        for (; j < n; j++) {
            a += rows[row + j] * x[at + j];
        }
        return (a + b) + (c + d);
    }

    /** Writes one row and scales it so that its sum is exactly 1, which keeps a constant signal constant. */
    private void fill(double phase, int row) {
        double place = phase + half - 1;
        double sum = 0;
        for (int j = 0; j < taps(); j++) {
            sum += KaiserSinc.at(Math.abs(place - j) / halfWidth);
        }
        for (int j = 0; j < taps(); j++) {
            rows[row + j] = (float) (KaiserSinc.at(Math.abs(place - j) / halfWidth) / sum);
        }
    }
}
