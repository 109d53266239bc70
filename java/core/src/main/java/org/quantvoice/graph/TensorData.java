package org.quantvoice.graph;

/**
 * The elements of a tensor, read piece by piece so that a large model need not be on the heap. Row-major.
 * Thread-safe. Reading after the owner was closed, or as the wrong type, throws {@link IllegalStateException}.
 */
public interface TensorData {

    DType type();

    /** Returns a fresh copy of the shape. */
    long[] shape();

    /** Returns the number of elements. */
    default long size() {
        long size = 1;
        for (long dim : shape()) {
            size *= dim;
        }
        return size;
    }

    /** Copies {@code count} elements from element {@code from} on into {@code target[at ..]}; for {@link DType#FLOAT}. */
    void read(long from, float[] target, int at, int count);

    /** Copies elements of {@link DType#INT}; by default it throws, because most tensors hold no integers. */
    default void read(long from, long[] target, int at, int count) {
        throw new IllegalStateException("got a read of integers from a tensor of " + type());
    }

    /** Copies elements of {@link DType#BOOL}; by default it throws, because most tensors hold no bools. */
    default void read(long from, boolean[] target, int at, int count) {
        throw new IllegalStateException("got a read of booleans from a tensor of " + type());
    }

    /** Returns a copy of all elements as floats. */
    default float[] floats() {
        float[] all = new float[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** Returns a copy of all elements as integers. */
    default long[] longs() {
        long[] all = new long[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** Returns a copy of all elements as bools. */
    default boolean[] booleans() {
        boolean[] all = new boolean[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** Returns whether another tensor has the same type, shape and elements, bit by bit. */
    default boolean sameAs(TensorData other) {
        return this == other || SameElements.of(this, other);
    }

    /** Frees memory outside the heap; does nothing for data on the heap. */
    default void close() {}
}
