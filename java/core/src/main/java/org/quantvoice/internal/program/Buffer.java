package org.quantvoice.internal.program;

import org.jspecify.annotations.Nullable;

/**
 * A piece of working memory that steps write and read: it lies in the stream's arena or, if it lives only inside a
 * row group, in the threads' block-local scratch. Its place is known once a program is laid out.
 */
public final class Buffer {
    static final long UNPLACED = Long.MIN_VALUE;

    /** Bit above which a place holds the number of a slot, see native/src/exec/step.h. */
    private static final int SLOT_SHIFT = 44;

    /** Bytes of one element: 4 for float and parameters, 1 for uint8. */
    final int elementBytes;

    final long elements;

    /** Floats that the arena holds here before each run; null for a buffer that steps write. */
    final float @Nullable [] constant;

    /** Elements from row to row, for buffers that hold rows. */
    long rowElements;

    /** Number of the slot in a stream's own memory that this buffer stands for, or -1. */
    int slot = -1;

    /** Set when parts of the buffer belong to steps of several streams, so that no block of rows holds it alone. */
    boolean split;

    /** Set for inputs, outputs, constants and taps, whose memory is never given to another buffer. */
    boolean pinned;

    /** Byte offset in the arena, or {@code ~offset} in the scratch. */
    long place = UNPLACED;

    /** Set when the buffer lives in block-local scratch: its bytes per row. */
    long localRowBytes;

    private Buffer(int elementBytes, long elements, float @Nullable [] constant) {
        this.elementBytes = elementBytes;
        this.elements = elements;
        this.constant = constant;
    }

    static Buffer floats(long elements) {
        return new Buffer(Float.BYTES, elements, null);
    }

    static Buffer bytes(long elements) {
        return new Buffer(1, elements, null);
    }

    /** Returns a buffer that stands for a slot of the streams' own memory; slots are numbered from 0. */
    static Buffer slot(int number, long elements) {
        Buffer buffer = new Buffer(Float.BYTES, elements, null);
        buffer.pinned = true;
        buffer.slot = number;
        buffer.place = number + 1L << SLOT_SHIFT;
        return buffer;
    }

    static Buffer constant(float[] values) {
        Buffer buffer = new Buffer(Float.BYTES, values.length, values);
        buffer.pinned = true;
        return buffer;
    }

    /** Returns a buffer that holds {@code count} copies of this one, one behind the other. */
    Buffer times(int count) {
        Buffer buffer = new Buffer(elementBytes, elements * count, null);
        buffer.rowElements = rowElements;
        buffer.pinned = pinned;
        return buffer;
    }

    long byteSize() {
        return elements * elementBytes;
    }
}
