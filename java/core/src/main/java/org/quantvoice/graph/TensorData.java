package org.quantvoice.graph;

/**
 * The elements of a tensor, read piece by piece so that a large model need not be on the heap. Row-major. Thread-safe.
 * Reading after the owner was closed is an {@link IllegalStateException}, reading as the wrong type too.
 */
public interface TensorData {

    DType type();

    /** A fresh copy. */
    long[] shape();

    /** Number of elements. */
    default long size() {
        long size = 1;
        for (long dim : shape()) {
            size *= dim;
        }
        return size;
    }

    /** Copies {@code count} elements from element {@code from} on into {@code target[at ..]}; for {@link DType#FLOAT}. */
    void read(long from, float[] target, int at, int count);

    /** The same for {@link DType#INT}, which most tensors are not. */
    default void read(long from, long[] target, int at, int count) {
        throw new IllegalStateException("got a read of integers from a tensor of " + type());
    }

    /** The same for {@link DType#BOOL}, which most tensors are not. */
    default void read(long from, boolean[] target, int at, int count) {
        throw new IllegalStateException("got a read of booleans from a tensor of " + type());
    }

    /** All elements, copied. */
    default float[] floats() {
        float[] all = new float[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** All elements, copied. */
    default long[] longs() {
        long[] all = new long[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** All elements, copied. */
    default boolean[] booleans() {
        boolean[] all = new boolean[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** Gives memory outside the heap back; does nothing for data on the heap. */
    default void close() {}
}
