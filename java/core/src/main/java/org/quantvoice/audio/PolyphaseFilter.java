package org.quantvoice.audio;

/**
 * The rows of coefficients of a resampler by {@code up / down} (reduced): one for each of the {@code up} places that an
 * output can have between two inputs. All rows are kept if they are few; else a row is made when it is needed.
 */
final class PolyphaseFilter {
    private static final int MAX_KEPT = 1 << 20;

    private final int up;
    private final int half;
    private final double halfWidth;
    private final boolean kept;
    private final float[] rows;

    PolyphaseFilter(int up, int down) {
        this.up = up;
        this.halfWidth = KaiserSinc.ZERO_CROSSINGS * Math.max(1.0, (double) down / up);
        this.half = (int) Math.ceil(halfWidth);
        this.kept = (long) up * taps() <= MAX_KEPT;
        this.rows = new float[kept ? up * taps() : taps()];
        for (int phase = 0; kept && phase < up; phase++) {
            fill(phase, phase * taps());
        }
    }

    /** Inputs on either side of an output's place that bear on it. */
    int half() {
        return half;
    }

    private int taps() {
        return 2 * half;
    }

    /**
     * The output that lies {@code phase / up} of an input's length behind {@code x[at + half - 1]}. The order of additions
     * is fixed, so equal inputs give equal bits.
     */
    float apply(int phase, float[] x, int at) {
        int row = kept ? phase * taps() : 0;
        if (!kept) {
            fill(phase, 0);
        }
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int n = taps();
        int j = 0;
        for (; j <= n - 4; j += 4) { // four sums that do not wait for each other
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

    /** Writes one row; its sum is made exactly 1, so that a constant stays constant. */
    private void fill(int phase, int row) {
        double place = (double) phase / up + half - 1;
        double sum = 0;
        for (int j = 0; j < taps(); j++) {
            sum += KaiserSinc.at(Math.abs(place - j) / halfWidth);
        }
        for (int j = 0; j < taps(); j++) {
            rows[row + j] = (float) (KaiserSinc.at(Math.abs(place - j) / halfWidth) / sum);
        }
    }
}
