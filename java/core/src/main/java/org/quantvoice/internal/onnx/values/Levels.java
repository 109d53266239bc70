package org.quantvoice.internal.onnx.values;

/**
 * Where the values lie that an activation is rounded to: {@code (level - zero) * scale}.
 *
 * @param scale between two levels
 * @param zero level of the value 0
 * @param low smallest level
 * @param high largest level
 */
public record Levels(double scale, long zero, long low, long high) {

    /** Whether they are 256, as those of the kernels. */
    public boolean isByte() {
        return high - low == 255;
    }

    /** The zero point where levels are counted from 0. */
    public int unsignedZero() {
        return Math.toIntExact(zero - low);
    }
}
