package org.quantvoice.internal.onnx.values;

/**
 * The values to which an activation is quantized: {@code (level - zero) * scale}.
 *
 * @param scale distance between two levels
 * @param zero level of the value 0
 * @param low smallest level
 * @param high largest level
 */
public record Levels(double scale, long zero, long low, long high) {

    /** Returns whether there are 256 levels, as the kernels have. */
    public boolean isByte() {
        return high - low == 255;
    }

    /** Returns the zero point if levels are counted from 0. */
    public int unsignedZero() {
        return Math.toIntExact(zero - low);
    }
}
