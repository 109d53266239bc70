package org.quantvoice.graph;

import java.nio.ByteBuffer;

/** The bytes of a tensor, in memory or in a file that is open until the tensor is closed. */
@FunctionalInterface
public interface TensorBytes {
    /** All of them, little-endian; a view of its own position. Asked for at each use. */
    ByteBuffer get();

    /** Fills what remains of a buffer with the bytes from one on; for one pass, after which they are not kept in memory. */
    default void read(long from, ByteBuffer target) {
        ByteBuffer all = get();
        target.put(all.slice(all.position() + Math.toIntExact(from), target.remaining()));
    }

    /** Gives back what they lie in; they cannot be read any more. Closing again does nothing. */
    default void close() {}
}
