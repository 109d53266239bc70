package org.quantvoice.internal.kernels;

import java.nio.FloatBuffer;

/**
 * A block of float constants in native memory, e.g. all norms' gains and shifts of a model. A {@link NativeProgram} names
 * a constant by {@link #address} and keeps the block alive: this owner may be closed as soon as the program is made.
 */
public final class NativeFloats extends NativeHandle {
    private final long count;

    private NativeFloats(long count, long address) {
        super("block of native floats", address, Library::qv_flat_floats_free);
        this.count = count;
    }

    /** Returns a block with a copy of the values. */
    public static NativeFloats of(float[] values) {
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_floats_create(values, values.length, handle));
        return new NativeFloats(values.length, handle[0]);
    }

    /** Returns a block with a copy of the rest of a direct buffer in native byte order. */
    public static NativeFloats of(FloatBuffer values) {
        Buffers.require(values, values.remaining(), "constants");
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_floats_create(values, values.remaining(), handle));
        return new NativeFloats(values.remaining(), handle[0]);
    }

    public long count() {
        return count;
    }

    /**
     * Returns the native address of one of the values.
     *
     * @param index 0 to {@link #count()}
     */
    public long address(long index) {
        if (index < 0 || index > count) {
            throw new IndexOutOfBoundsException("float " + index + " of " + count);
        }
        return peekAddress() + index * Float.BYTES;
    }
}
