package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;

/** A packed matrix that can be kept as bytes, from which the same version of the library makes it again on the same tier. */
public interface PackedContent {

    /** Bytes of {@link #content}. */
    int contentBytes();

    /**
     * Copies out what is packed: panels, sums, scales and biases.
     *
     * @param target direct, with room for {@link #contentBytes} from its position on; its limit is set behind them
     */
    void content(ByteBuffer target);
}
