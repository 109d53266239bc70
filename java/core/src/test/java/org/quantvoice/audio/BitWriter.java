package org.quantvoice.audio;

import java.io.ByteArrayOutputStream;

/** Big-endian bit fields, the mirror of {@link BitReader}, written bit by bit. */
final class BitWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int pending;
    private int pendingBits;

    BitWriter put(long value, int width) {
        for (int bit = width - 1; bit >= 0; bit--) {
            pending = pending << 1 | (int) (value >> bit & 1);
            if (++pendingBits == 8) {
                out.write(pending);
                pending = 0;
                pendingBits = 0;
            }
        }
        return this;
    }

    void unary(long zeros) {
        for (long i = 0; i < zeros; i++) {
            put(0, 1);
        }
        put(1, 1);
    }

    void bytes(byte[] bytes) {
        for (byte b : bytes) {
            put(b, 8);
        }
    }

    void alignToByte() {
        while (pendingBits != 0) {
            put(0, 1);
        }
    }

    /** All whole bytes so far. */
    byte[] toByteArray() {
        return out.toByteArray();
    }
}
