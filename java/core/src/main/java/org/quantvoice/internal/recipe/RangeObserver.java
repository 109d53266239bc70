package org.quantvoice.internal.recipe;

import org.quantvoice.error.QuantizationException;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;

/** Finds the range of one activation from all values that calibration sees. For one thread. */
public abstract sealed class RangeObserver
        permits RangeObserver.MinMax, RangeObserver.MovingAverage, HistogramObserver {
    private final String name;
    private float min = Float.POSITIVE_INFINITY;
    private float max = Float.NEGATIVE_INFINITY;

    RangeObserver(String name) {
        this.name = name;
    }

    /**
     * The bounds between which the values of an activation lie.
     *
     * @param min the smallest
     * @param max the largest
     */
    public record Bounds(double min, double max) {}

    /**
     * Returns an observer of a kind.
     *
     * @param name of the activation, for messages
     */
    public static RangeObserver of(ActivationObserver kind, String name) {
        return switch (kind) {
            case MIN_MAX -> new MinMax(name);
            case MOVING_AVERAGE -> new MovingAverage(name);
            case HISTOGRAM -> new HistogramObserver(name, HistogramSearch::leastSquares);
            case PERCENTILE -> new HistogramObserver(name, HistogramSearch::percentile);
            case ENTROPY -> new HistogramObserver(name, HistogramSearch::entropy);
        };
    }

    /**
     * Adds the values of one recording.
     *
     * @throws QuantizationException if one is not finite
     */
    public void add(float[] values) {
        for (float x : values) {
            if (!Float.isFinite(x)) {
                throw new QuantizationException(
                        "the activation " + x + " at " + name,
                        "finite activations",
                        "check the model and the calibration audio: something overflows");
            }
            min = Math.min(min, x);
            max = Math.max(max, x);
        }
    }

    /**
     * Returns the bounds that were found.
     *
     * @throws QuantizationException if no values were added
     */
    public Bounds bounds() {
        if (min > max) {
            throw new QuantizationException(
                    "no activation at " + name,
                    "audio that makes every static layer run",
                    "add longer recordings or leave the layer float");
        }
        return found();
    }

    /** Returns the bounds as scale and zero point of uint8, for ranges however small. */
    public ActivationRange range() {
        Bounds bounds = bounds();
        return ActivationRange.covering(bounds.min(), bounds.max());
    }

    /** Returns the bounds as scale and zero point in the levels of a scheme, as PyTorch computes them. */
    public ActivationRange range(RangeScheme scheme) {
        Bounds bounds = bounds();
        RangeScheme.Parameters found = scheme.parameters(bounds.min(), bounds.max());
        return new ActivationRange(found.scale(), found.zeroPoint());
    }

    abstract Bounds found();

    float min() {
        return min;
    }

    float max() {
        return max;
    }

    /** Takes the smallest and the largest value. */
    static final class MinMax extends RangeObserver {
        MinMax(String name) {
            super(name);
        }

        @Override
        Bounds found() {
            return new Bounds(min(), max());
        }
    }

    /** Takes the smallest and the largest value of each recording and averages them over recordings. */
    static final class MovingAverage extends RangeObserver {
        private static final float SHARE = 0.01f;

        private boolean first = true;
        private float low;
        private float high;

        MovingAverage(String name) {
            super(name);
        }

        @Override
        public void add(float[] values) {
            super.add(values);
            if (values.length == 0) {
                return;
            }
            float least = values[0];
            float most = values[0];
            for (float x : values) {
                least = Math.min(least, x);
                most = Math.max(most, x);
            }
            low = first ? least : low + SHARE * (least - low);
            high = first ? most : high + SHARE * (most - high);
            first = false;
        }

        @Override
        Bounds found() {
            return new Bounds(low, high);
        }
    }
}
