package org.quantvoice.internal.recipe;

import java.util.Map;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;

/**
 * Turns a range of values into a scale and a zero point, as PyTorch's observers do. Immutable.
 *
 * @param low the smallest level
 * @param high the largest level
 * @param symmetric whether the middle level stands for 0; otherwise the range is covered as it is (affine)
 */
public record RangeScheme(int low, int high, boolean symmetric) {
    /** Levels of activations of QNNPACK, oneDNN and the native engine: {@code quint8}, affine. */
    public static final RangeScheme QUINT8 = new RangeScheme(0, 255, false);
    /**
     * Levels of activations in 7 bits ({@code reduce_range}), for CPUs that add pairs of products in 16 bits: FBGEMM,
     * X86.
     */
    public static final RangeScheme QUINT8_REDUCED = new RangeScheme(0, 127, false);
    /** Levels of weights: {@code qint8}, symmetric. */
    public static final RangeScheme QINT8_SYMMETRIC = new RangeScheme(-128, 127, true);

    /** Smallest scale: float's machine epsilon. */
    private static final float EPSILON = 0x1p-23f;

    public RangeScheme {
        if (high <= low) {
            throw new IllegalArgumentException("got levels " + low + " to " + high + "; expected at least two");
        }
    }

    /**
     * A scale and the level that stands for 0.
     *
     * @param scale distance between neighbouring levels
     * @param zeroPoint {@code low} to {@code high}
     */
    public record Parameters(float scale, int zeroPoint) {}

    /** Returns the parameters for values between two bounds; the range is widened to hold 0. */
    public Parameters parameters(double min, double max) {
        float below = Math.min((float) min, 0f);
        float above = Math.max((float) max, 0f);
        if (symmetric) {
            float largest = Math.max(-below, above);
            float half = (high - low) / 2f;
            return new Parameters(Math.max(largest / half, EPSILON), low < 0 ? 0 : (low + high + 1) / 2);
        }
        float scale = Math.max(step(below, above), EPSILON);
        int zero = low - (int) Math.rint(below / scale);
        return new Parameters(scale, Math.max(low, Math.min(high, zero)));
    }

    /**
     * Returns known ranges in the levels of this scheme.
     *
     * @throws QuantizationException if the scheme is symmetric and a range is not
     */
    public ActivationRanges fit(ActivationRanges known) {
        ActivationRanges fitting = known.inLevels(high);
        if (symmetric) {
            int middle = parameters(0, 0).zeroPoint();
            requireZero(fitting.byLayer(), middle);
            requireZero(fitting.outputs(), middle);
        }
        return fitting;
    }

    private static void requireZero(Map<String, ActivationRange> ranges, int middle) {
        ranges.forEach((path, range) -> {
            if (range.zeroPoint() != middle) {
                throw new QuantizationException(
                        "the range of " + path + " with zero point " + range.zeroPoint() + " for symmetric activations",
                        "the zero point " + middle,
                        "calibrate again and save the ranges, or take them as they are");
            }
        });
    }

    /**
     * Returns the distance of levels, computed in float as PyTorch does, unless the width is beyond float's largest
     * number.
     */
    private float step(float below, float above) {
        float width = above - below;
        return Float.isInfinite(width) ? (float) (((double) above - below) / (high - low)) : width / (high - low);
    }

    /**
     * Returns one scale and zero point for each row of {@code [rows][columns]}, as for the output channels of a
     * weight.
     */
    public Parameters[] perChannel(float[][] rows) {
        Parameters[] all = new Parameters[rows.length];
        for (int i = 0; i < rows.length; i++) {
            float min = Float.POSITIVE_INFINITY;
            float max = Float.NEGATIVE_INFINITY;
            for (float x : rows[i]) {
                min = Math.min(min, x);
                max = Math.max(max, x);
            }
            all[i] = parameters(min, max);
        }
        return all;
    }
}
