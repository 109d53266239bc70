package org.quantvoice.graph;

import java.util.Arrays;

/** Compares tensors piece by piece, so that a large one is never on the heap and a difference at the beginning ends it soon. */
final class SameElements {
    private static final int FIRST = 64;
    private static final int MOST = 1 << 16;

    private SameElements() {}

    /** Returns whether two tensors have the same type, shape and elements; whole numbers are compared with whole numbers. */
    static boolean of(TensorData a, TensorData b) {
        if (a.type() != b.type() || !Arrays.equals(a.shape(), b.shape())) {
            return false;
        }
        if (a instanceof QuantizedTensor || b instanceof QuantizedTensor) {
            return a instanceof QuantizedTensor one && b instanceof QuantizedTensor other && quantized(one, other);
        }
        return pieces(a.size(), (from, count) -> samePiece(a, b, from, count));
    }

    private interface Piece {
        boolean same(long from, int count);
    }

    private static boolean pieces(long size, Piece piece) {
        int count = FIRST;
        for (long from = 0; from < size; from += count, count = Math.min(MOST, 2 * count)) {
            if (!piece.same(from, (int) Math.min(count, size - from))) {
                return false;
            }
        }
        return true;
    }

    private static boolean quantized(QuantizedTensor a, QuantizedTensor b) {
        return a.format().equals(b.format())
                && Arrays.equals(a.scales(), b.scales())
                && pieces(a.size(), (from, count) -> {
                    byte[] one = new byte[count];
                    byte[] other = new byte[count];
                    a.values(from, one, 0, count);
                    b.values(from, other, 0, count);
                    return Arrays.equals(one, other);
                });
    }

    private static boolean samePiece(TensorData a, TensorData b, long from, int count) {
        return switch (a.type()) {
            case FLOAT -> Arrays.equals(floats(a, from, count), floats(b, from, count));
            case INT -> Arrays.equals(integers(a, from, count), integers(b, from, count));
            case BOOL -> Arrays.equals(flags(a, from, count), flags(b, from, count));
        };
    }

    private static float[] floats(TensorData data, long from, int count) {
        float[] piece = new float[count];
        data.read(from, piece, 0, count);
        return piece;
    }

    private static long[] integers(TensorData data, long from, int count) {
        long[] piece = new long[count];
        data.read(from, piece, 0, count);
        return piece;
    }

    private static boolean[] flags(TensorData data, long from, int count) {
        boolean[] piece = new boolean[count];
        data.read(from, piece, 0, count);
        return piece;
    }
}
