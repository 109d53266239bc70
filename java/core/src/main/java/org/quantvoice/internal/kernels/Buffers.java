package org.quantvoice.internal.kernels;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Checks buffers before their addresses go to native code, which cannot check them. */
public final class Buffers {
    private Buffers() {}

    static void require(ByteBuffer buffer, long bytes, String what) {
        requireDirect(buffer, bytes, what);
    }

    static void require(FloatBuffer buffer, long floats, String what) {
        requireDirect(buffer, floats, what);
        if (buffer.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(what + " are not in native byte order");
        }
    }

    private static void requireDirect(Buffer buffer, long elements, String what) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(what + " are in a heap buffer; use a direct one");
        }
        if (buffer.remaining() < elements) {
            throw new IllegalArgumentException(
                    what + " need " + elements + " elements, but the buffer has " + buffer.remaining());
        }
    }
}
