package org.quantvoice.internal.quantize;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.PackedTensor;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.WeightLevels;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/** Rounds floats to whole numbers with one scale for each output channel (the first axis). */
public final class WeightRounding {
    /** Number of candidate scales, as equal parts of the scale of the largest weight. */
    private static final int PARTS = 40;

    private static final int LEAST_PART = 10;
    /**
     * Largest distance of weights from a level, in steps: a norm that was multiplied into them rounds them once more.
     */
    private static final float SLACK = 1e-4f;

    private WeightRounding() {}

    /** Rounds with scales that map the largest weight of each channel to the largest level. */
    public static QuantizedTensor minMax(TensorData floats, WeightFormat format) {
        return round(floats, format, minMaxScales(floats, format));
    }

    /** Rounds to 8 bits, ties to even; the scale of a channel is its largest magnitude / 127. */
    public static Int8Tensor int8(TensorData floats) {
        return (Int8Tensor) minMax(floats, WeightFormat.INT8);
    }

    /**
     * Returns the scales of {@link #minMax}; 1 for a channel of zeros, and never so small that weights divided by it
     * overflow.
     */
    public static float[] minMaxScales(TensorData floats, WeightFormat format) {
        int top = WeightLevels.of(format).top();
        return scales(floats, row -> minMaxScale(row, top));
    }

    /**
     * Returns the scales of PyTorch's weight observers: one for each channel, or for all channels that of the largest
     * weight.
     */
    public static float[] presetScales(TensorData floats, QuantPreset preset) {
        float[] scales = scales(
                floats,
                row -> preset.weights().perChannel(new float[][] {row})[0].scale());
        if (!preset.perChannel()) {
            float largest = 0;
            for (float scale : scales) {
                largest = Math.max(largest, scale);
            }
            Arrays.fill(scales, largest);
        }
        return scales;
    }

    /** Returns the scales with the least squared error of the weights themselves. */
    public static float[] leastSquares(TensorData floats, WeightFormat format) {
        WeightLevels levels = WeightLevels.of(format);
        return scales(floats, row -> {
            float whole = minMaxScale(row, levels.top());
            float best = whole;
            double least = Double.POSITIVE_INFINITY;
            for (int part = PARTS; part >= LEAST_PART; part--) {
                float scale = Math.max(whole * part / PARTS, Float.MIN_NORMAL);
                double error = squaredError(row, scale, levels);
                if (error < least) {
                    least = error;
                    best = scale;
                }
            }
            return best;
        });
    }

    /**
     * Returns the scales of layers whose outputs are not measured. If the weights of a channel lie on levels of the
     * format already, as quantization-aware training leaves them, the scale is the distance of these levels, so that
     * rounding changes no weight. The other channels get {@link #minMaxScales} for 8 bits and {@link #leastSquares}
     * for fewer.
     */
    public static float[] usualScales(TensorData floats, WeightFormat format) {
        float[] scales = format.equals(WeightFormat.INT8) ? minMaxScales(floats, format) : leastSquares(floats, format);
        if (format.scheme() != WeightScheme.LINEAR) {
            return scales;
        }
        int top = WeightLevels.of(format).top();
        float[] levels = scales(floats, row -> levelScale(row, top));
        for (int c = 0; c < scales.length; c++) {
            scales[c] = levels[c] > 0 ? levels[c] : scales[c];
        }
        return scales;
    }

    /**
     * Returns the distance between the fewest levels on which all weights of a channel lie, with its largest weight
     * on the last level; 0 if there are no such levels.
     */
    private static float levelScale(float[] row, int top) {
        float most = most(row);
        for (int levels = 1; levels <= top && most > 0; levels++) {
            float scale = most / levels;
            if (scale >= Float.MIN_NORMAL && liesOnLevels(row, scale)) {
                return scale;
            }
        }
        return 0;
    }

    private static boolean liesOnLevels(float[] row, float scale) {
        for (float x : row) {
            if (Math.abs(x / scale - Math.rint(x / scale)) > SLACK) {
                return false;
            }
        }
        return true;
    }

    private static double squaredError(float[] row, float scale, WeightLevels levels) {
        double sum = 0;
        for (float x : row) {
            double off = x - (double) levels.nearest(x / scale) * scale;
            sum += off * off;
        }
        return sum;
    }

    private static float most(float[] row) {
        float most = 0;
        for (float x : row) {
            most = Math.max(most, Math.abs(x));
        }
        return most;
    }

    private static float minMaxScale(float[] row, int top) {
        float most = most(row);
        return most == 0 ? 1 : Math.max(most / top, Float.MIN_NORMAL);
    }

    private interface RowScale {
        float of(float[] row);
    }

    private static float[] scales(TensorData floats, RowScale choice) {
        float[] scales = new float[channels(floats)];
        float[] row = new float[scales.length == 0 ? 0 : Math.toIntExact(floats.size() / scales.length)];
        for (int c = 0; c < scales.length; c++) {
            floats.read((long) c * row.length, row, 0, row.length);
            requireFinite(row, c);
            scales[c] = choice.of(row);
        }
        return scales;
    }

    private static int channels(TensorData floats) {
        return Math.toIntExact(floats.shape()[0]);
    }

    private static void requireFinite(float[] row, int channel) {
        for (float x : row) {
            if (!Float.isFinite(x)) {
                throw new QuantizationException(
                        "the weight " + x + " in output channel " + channel,
                        "finite weights",
                        "train or export the model again");
            }
        }
    }

    /**
     * Rounds to the nearest levels of a format.
     *
     * @param scales one per element of the first axis, above 0
     */
    public static QuantizedTensor round(TensorData floats, WeightFormat format, float[] scales) {
        WeightLevels levels = WeightLevels.of(format);
        int size = scales.length == 0 ? 0 : Math.toIntExact(floats.size() / scales.length);
        byte[] values = new byte[Math.multiplyExact(scales.length, size)];
        float[] row = new float[size];
        for (int c = 0; c < scales.length; c++) {
            floats.read((long) c * size, row, 0, size);
            for (int i = 0; i < size; i++) {
                values[c * size + i] = (byte) levels.nearest(row[i] / scales[c]);
            }
        }
        return format.equals(WeightFormat.INT8)
                ? new Int8Tensor(ByteBuffer.wrap(values), scales, floats.shape())
                : PackedTensor.pack(format, values, scales, floats.shape());
    }
}
