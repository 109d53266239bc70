package org.quantvoice.graph;

import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * A tensor whose elements are in an array on the heap, which is shared with the caller and must not be changed any
 * more.
 */
public final class ArrayTensor implements TensorData {

    private final DType type;
    private final long[] shape;
    private final Object elements;

    private ArrayTensor(DType type, Object elements, long[] shape) {
        this.type = type;
        this.elements = elements;
        this.shape = shape.clone();
        int length = Array.getLength(elements);
        if (Arrays.stream(shape).anyMatch(d -> d < 0) || size() != length) {
            throw new IllegalArgumentException("got " + length + " elements for shape " + Arrays.toString(shape));
        }
    }

    public static ArrayTensor of(float[] elements, long... shape) {
        return new ArrayTensor(DType.FLOAT, elements, shape);
    }

    public static ArrayTensor of(long[] elements, long... shape) {
        return new ArrayTensor(DType.INT, elements, shape);
    }

    public static ArrayTensor of(boolean[] elements, long... shape) {
        return new ArrayTensor(DType.BOOL, elements, shape);
    }

    /** Returns a copy of a tensor on the heap; the same object if it is on the heap already. */
    public static ArrayTensor copyOf(TensorData data) {
        if (data instanceof ArrayTensor array) {
            return array;
        }
        return switch (data.type()) {
            case FLOAT -> of(data.floats(), data.shape());
            case INT -> of(data.longs(), data.shape());
            case BOOL -> of(data.booleans(), data.shape());
        };
    }

    /** Returns a tensor of the same elements with another shape. */
    public ArrayTensor reshaped(long... newShape) {
        return new ArrayTensor(type, elements, newShape);
    }

    @Override
    public DType type() {
        return type;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Returns the array itself, not a copy, as do the next two methods. */
    public float[] floatArray() {
        return (float[]) array(DType.FLOAT);
    }

    public long[] longArray() {
        return (long[]) array(DType.INT);
    }

    public boolean[] booleanArray() {
        return (boolean[]) array(DType.BOOL);
    }

    /** Returns an element as a double; true is 1. */
    public double get(int index) {
        return switch (type) {
            case FLOAT -> ((float[]) elements)[index];
            case INT -> ((long[]) elements)[index];
            case BOOL -> ((boolean[]) elements)[index] ? 1 : 0;
        };
    }

    private Object array(DType wanted) {
        if (type != wanted) {
            throw new IllegalStateException("got a tensor of " + type + "; expected " + wanted);
        }
        return elements;
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        System.arraycopy(floatArray(), Math.toIntExact(from), target, at, count);
    }

    @Override
    public void read(long from, long[] target, int at, int count) {
        System.arraycopy(longArray(), Math.toIntExact(from), target, at, count);
    }

    @Override
    public void read(long from, boolean[] target, int at, int count) {
        System.arraycopy(booleanArray(), Math.toIntExact(from), target, at, count);
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
