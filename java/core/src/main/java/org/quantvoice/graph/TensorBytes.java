package org.quantvoice.graph;

import java.nio.ByteBuffer;

/** The bytes of a tensor, in memory or in a file that is open until the tensor is closed. */
@FunctionalInterface
public interface TensorBytes {
    /** Returns all bytes, little-endian, as a buffer with its own position. It is called at each use. */
    ByteBuffer get();

    /**
     * Fills the rest of a buffer with the bytes from position {@code from} on. They are read once and not kept in
     * memory.
     */
    default void read(long from, ByteBuffer target) {
        ByteBuffer all = get();
        target.put(all.slice(all.position() + Math.toIntExact(from), target.remaining()));
    }

    /**
     * Frees the memory or the file that holds the bytes; they cannot be read any more. Closing again does nothing.
     */
    default void close() {}
}
