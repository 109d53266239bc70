package org.quantvoice.internal.npy;

import java.util.Arrays;

/**
 * A float32 array of any rank, row-major. The arrays are not copied; the creator must not change them afterwards.
 *
 * @param data as many values as the product of the shape; one value for the empty shape
 * @param shape the axes, outermost first
 */
@SuppressWarnings("ArrayRecordComponent")
public record NpyArray(float[] data, int... shape) {

    public NpyArray {
        long size = 1;
        for (int axis : shape) {
            if (axis < 0) {
                throw new IllegalArgumentException(
                        "got shape " + Arrays.toString(shape) + "; expected no negative axis");
            }
            size = Math.min(size * axis, 1L + Integer.MAX_VALUE);
        }
        if (size != data.length) {
            throw new IllegalArgumentException(
                    "got " + data.length + " values for shape " + Arrays.toString(shape) + "; expected their product");
        }
    }

    /** Returns one row of a matrix, as a copy. */
    public float[] row(int index) {
        int columns = shape[1];
        return Arrays.copyOfRange(data, index * columns, (index + 1) * columns);
    }
}
