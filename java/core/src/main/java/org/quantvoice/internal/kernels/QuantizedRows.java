package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;

/**
 * Activations {@code [rows, k]} as unsigned bytes, real value {@code (byte - zero) * scale}.
 *
 * @param data direct; read from its position
 * @param stride bytes from row to row; less than k where the rows of a convolution overlap
 * @param scale one value, or one a row
 * @param zero 0..255; one value, or one a row, like the scale
 */
public record QuantizedRows(ByteBuffer data, int rows, int stride, float[] scale, int[] zero) {
    public QuantizedRows {
        if (rows < 0 || stride < 0) {
            throw new IllegalArgumentException(rows + " rows every " + stride + " bytes");
        }
        if (scale.length != zero.length || (scale.length != 1 && scale.length != rows)) {
            throw new IllegalArgumentException(scale.length + " scales and " + zero.length + " zero points for " + rows
                    + " rows; pass one of each, or one of each a row");
        }
    }

    boolean perRow() {
        return scale.length == rows && rows != 1;
    }
}
