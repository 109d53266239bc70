package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;

/**
 * Weights packed for this CPU. They can be stored as bytes and restored from them on the same tier and version of the
 * library.
 */
public interface PackedMatrix extends AutoCloseable {

    /**
     * Returns the address by which a {@link NativeProgram} refers to these weights; the program keeps their memory
     * alive.
     */
    long address();

    /** Returns the size of this matrix in native memory, in bytes. */
    long bytes();

    /** Returns the number of bytes of {@link #content}. */
    int contentBytes();

    /**
     * Copies the packed data out: panels, sums, scales and biases.
     *
     * @param target direct, with room for {@link #contentBytes} from its position on; its limit is set to their end
     */
    void content(ByteBuffer target);

    @Override
    void close();
}
