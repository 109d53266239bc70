package org.quantvoice.graph;

import java.nio.ByteBuffer;
import org.quantvoice.quant.WeightFormat;

/**
 * Weights as whole numbers with one scale per output channel (the first axis). As a {@link TensorData} it reads as
 * the floats that the values stand for.
 */
public sealed interface QuantizedTensor extends TensorData permits Int8Tensor, PackedTensor {

    /** Returns the bits and the spacing of the values. */
    WeightFormat format();

    /** Returns a copy of the scales, one per element of the first axis, above 0. */
    float[] scales();

    /** Copies values -127..127, row-major, from element {@code from} on into {@code target[at ..]}. */
    void values(long from, byte[] target, int at, int count);

    /**
     * Fills the rest of a buffer with the values from element {@code from} on. The values are read once, as for
     * packing, and not cached.
     */
    void values(long from, ByteBuffer target);

    @Override
    default DType type() {
        return DType.FLOAT;
    }

    @Override
    default void read(long from, long[] target, int at, int count) {
        throw new IllegalStateException("got a read of integers from a tensor of floats");
    }

    @Override
    default void read(long from, boolean[] target, int at, int count) {
        throw new IllegalStateException("got a read of booleans from a tensor of floats");
    }
}
