package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;

/** Weights packed for this CPU, which can be kept as bytes and be made of them again on the same tier and version of the library. */
public interface PackedMatrix extends AutoCloseable {

    /** By which a {@link NativeProgram} names these weights; it keeps their memory alive. */
    long address();

    /** Native memory that this matrix takes. */
    long bytes();

    /** Bytes of {@link #content}. */
    int contentBytes();

    /**
     * Copies out what is packed: panels, sums, scales and biases.
     *
     * @param target direct, with room for {@link #contentBytes} from its position on; its limit is set behind them
     */
    void content(ByteBuffer target);

    @Override
    void close();
}
