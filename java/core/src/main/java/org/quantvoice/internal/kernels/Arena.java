package org.quantvoice.internal.kernels;

import java.util.Objects;

/**
 * The native memory in which a {@link NativeProgram} runs for one stream, zeroed at first. Calls may come from any
 * thread, but one at a time: a write during a run gives mixed results, though it never crashes the process.
 */
public final class Arena extends NativeHandle {
    private final long bytes;

    private Arena(long bytes, long address) {
        super("arena", address, Library::qv_flat_arena_free);
        this.bytes = bytes;
    }

    /** @throws org.quantvoice.error.EngineException if the system has not enough memory */
    public static Arena of(long bytes) {
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_arena_create(bytes, handle));
        return new Arena(bytes, handle[0]);
    }

    public long bytes() {
        return bytes;
    }

    /**
     * Copies floats into the arena.
     *
     * @param offset in bytes, a multiple of 4
     * @throws IllegalArgumentException if they would not lie in the arena
     */
    public void write(long offset, float[] values) {
        write(offset, values, 0, values.length);
    }

    /** Copies {@code count} of the values into the arena, beginning with value {@code from}. */
    public void write(long offset, float[] values, int from, int count) {
        Objects.checkFromIndexSize(from, count, values.length);
        long address = acquire();
        try {
            Status.check(Library.qv_flat_arena_write(address, offset, values, from, count));
        } finally {
            release();
        }
    }

    /**
     * Copies {@code count} floats from another arena or from elsewhere in this one; the ranges may overlap.
     *
     * @param offset in bytes, a multiple of 4
     * @param sourceOffset in bytes, a multiple of 4
     * @throws IllegalArgumentException if a range leaves its arena
     */
    public void copy(long offset, Arena source, long sourceOffset, long count) {
        long to = acquire();
        try {
            long from = source.acquire();
            try {
                Status.check(Library.qv_flat_arena_move(to, offset, from, sourceOffset, count));
            } finally {
                source.release();
            }
        } finally {
            release();
        }
    }

    /** Fills the arena with zeros. */
    public void clear() {
        long address = acquire();
        try {
            Status.check(Library.qv_flat_arena_clear(address));
        } finally {
            release();
        }
    }

    /** Returns floats of the arena, {@code count} of them from a byte offset on. */
    public float[] read(long offset, long count) {
        float[] values = new float[Math.toIntExact(count)];
        read(offset, values);
        return values;
    }

    /** Copies as many floats out of the arena as the array holds; see {@link #write(long, float[])}. */
    public void read(long offset, float[] values) {
        read(offset, values, 0, values.length);
    }

    /** Copies {@code count} floats out of the arena to {@code values[from]} and on. */
    public void read(long offset, float[] values, int from, int count) {
        Objects.checkFromIndexSize(from, count, values.length);
        long address = acquire();
        try {
            Status.check(Library.qv_flat_arena_read(address, offset, values, from, count));
        } finally {
            release();
        }
    }
}
