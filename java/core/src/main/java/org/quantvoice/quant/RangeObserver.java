package org.quantvoice.quant;

import org.quantvoice.error.CalibrationException;

/** Finds the range of one activation from all values that calibration sees. For one thread. */
public abstract sealed class RangeObserver permits RangeObserver.MinMax, RangeObserver.Histogram {
    private final String name;
    private float min = Float.POSITIVE_INFINITY;
    private float max = Float.NEGATIVE_INFINITY;

    private RangeObserver(String name) {
        this.name = name;
    }

    /**
     * An observer of the kind.
     *
     * @param name of the activation, for messages
     */
    public static RangeObserver of(ActivationObserver kind, String name) {
        return switch (kind) {
            case MIN_MAX -> new MinMax(name);
            case HISTOGRAM -> new Histogram(name);
        };
    }

    /**
     * Sees values.
     *
     * @throws CalibrationException if one is not finite
     */
    public void add(float[] values) {
        for (float x : values) {
            if (!Float.isFinite(x)) {
                throw new CalibrationException(
                        "the activation " + x + " at " + name,
                        "finite activations",
                        "check the model and the calibration audio: something overflows");
            }
            min = Math.min(min, x);
            max = Math.max(max, x);
        }
    }

    /**
     * What was found.
     *
     * @throws CalibrationException if nothing was seen
     */
    public ActivationRange range() {
        if (min > max) {
            throw new CalibrationException(
                    "no activation at " + name,
                    "audio that makes every static layer run",
                    "add longer recordings or leave the layer float");
        }
        return found();
    }

    abstract ActivationRange found();

    float min() {
        return min;
    }

    float max() {
        return max;
    }

    /** The smallest and the largest value. */
    static final class MinMax extends RangeObserver {
        MinMax(String name) {
            super(name);
        }

        @Override
        ActivationRange found() {
            return ActivationRange.covering(min(), max());
        }
    }

    /**
     * A histogram over the range seen so far, cut at both ends where the expected squared error of rounding and cutting is
     * least. When the range grows, old bins move to the new bin of their middle.
     */
    static final class Histogram extends RangeObserver {
        private static final int BINS = 2048;
        /** Cuts tried from each end: up to this share of the range in steps of one part. */
        private static final int CUTS = 64;

        private double[] counts = new double[BINS];

        Histogram(String name) {
            super(name);
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
        ActivationRange found() {
            double width = (double) max() - min();
            double best = Double.POSITIVE_INFINITY;
            ActivationRange range = ActivationRange.covering(min(), max());
            for (int low = 0; low < CUTS; low++) {
                for (int high = 0; high < CUTS; high++) {
                    double from = min() + width * low / (2 * CUTS);
                    double to = max() - width * high / (2 * CUTS);
                    double error = error(from, to);
                    if (error < best) {
                        best = error;
                        range = ActivationRange.covering(from, to);
                    }
                    if (min() >= 0 && low > 0) {
                        break; // 0 must stay inside, so the low end cannot be cut
                    }
                }
            }
            return range;
        }

        private double error(double from, double to) {
            double low = Math.min(from, 0);
            double high = Math.max(to, 0);
            double step = (high - low) / 255;
            double rounding = step * step / 12;
            double sum = 0;
            double width = ((double) max() - min()) / BINS;
            for (int i = 0; i < BINS; i++) {
                if (counts[i] > 0) {
                    double middle = min() + (i + 0.5) * width;
                    double cut = Math.max(0, Math.max(low - middle, middle - high));
                    sum += counts[i] * (cut > 0 ? cut * cut : rounding);
                }
            }
            return sum;
        }
    }
}
