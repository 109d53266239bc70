package org.quantvoice.graph;

import java.nio.ByteBuffer;

/** The bytes of a tensor, in memory or in a file that is open until the tensor is closed. */
@FunctionalInterface
public interface TensorBytes {
    /** All of them, little-endian; a view of its own position. Asked for at each use. */
    ByteBuffer get();

    /** Gives back what they lie in; they cannot be read any more. Closing again does nothing. */
    default void close() {}
}
