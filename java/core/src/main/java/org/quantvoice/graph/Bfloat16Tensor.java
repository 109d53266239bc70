package org.quantvoice.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Weights in bfloat16: the upper half of a float. As a {@link TensorData} it reads as floats. */
public final class Bfloat16Tensor implements TensorData {
    private final TensorBytes halves;
    private final long[] shape;

    /**
     * @param halves little-endian, 2 bytes for each element; called at each use, because the bytes may lie in a file
     */
    public Bfloat16Tensor(TensorBytes halves, long... shape) {
        this.halves = halves;
        this.shape = shape.clone();
    }

    /** @param halves little-endian, 2 bytes for each element; not copied */
    public Bfloat16Tensor(ByteBuffer halves, long... shape) {
        this(view(halves), shape);
        if (2 * size() != halves.remaining()) {
            throw new IllegalArgumentException("got " + halves.remaining() + " bytes for " + size() + " elements");
        }
    }

    private static TensorBytes view(ByteBuffer halves) {
        ByteBuffer view = halves.slice().order(ByteOrder.LITTLE_ENDIAN);
        return () -> view;
    }

    /** Rounds floats to the nearest bfloat16, ties to even. */
    public static Bfloat16Tensor round(TensorData floats) {
        float[] all = floats.floats();
        ByteBuffer halves =
                ByteBuffer.allocate(Math.multiplyExact(2, all.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (float x : all) {
            int bits = Float.floatToIntBits(x);
            int rounded = Float.isNaN(x) ? bits : bits + 0x7fff + (bits >> 16 & 1);
            halves.putShort((short) (rounded >> 16));
        }
        return new Bfloat16Tensor(halves.flip(), floats.shape());
    }

    /** Returns the elements' bytes as a buffer with its own position. */
    public ByteBuffer bytes() {
        return halves.get().asReadOnlyBuffer();
    }

    @Override
    public DType type() {
        return DType.FLOAT;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, size());
        ByteBuffer all = halves.get();
        for (int i = 0; i < count; i++) {
            target[at + i] = Float.intBitsToFloat(all.getShort(2 * (int) (from + i)) << 16);
        }
    }

    @Override
    public void close() {
        halves.close();
    }
}
