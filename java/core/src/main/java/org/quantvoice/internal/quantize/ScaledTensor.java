package org.quantvoice.internal.quantize;

import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;

/**
 * Weights of another tensor times a factor for each index of one axis. It is a view: weights are scaled while they
 * are read, so that no second copy of a large model's weights is on the heap. Closing the view closes the other
 * tensor.
 */
public final class ScaledTensor implements TensorData {
    private final TensorData source;
    private final float[] factors;
    private final int inner;

    /**
     * @param source a tensor of floats
     * @param factors one for each index of the axis
     */
    ScaledTensor(TensorData source, int axis, float[] factors) {
        long[] shape = source.shape();
        if (shape[axis] != factors.length) {
            throw new IllegalArgumentException("got " + factors.length + " factors for an axis of " + shape[axis]);
        }
        this.source = source;
        this.factors = factors.clone();
        int size = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            size = Math.toIntExact(size * shape[i]);
        }
        this.inner = size;
    }

    /** Returns the tensor under this view, and under all views that it is a view of. */
    public TensorData source() {
        return source instanceof ScaledTensor scaled ? scaled.source() : source;
    }

    @Override
    public DType type() {
        return DType.FLOAT;
    }

    @Override
    public long[] shape() {
        return source.shape();
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        source.read(from, target, at, count);
        for (int i = 0; i < count; i++) {
            target[at + i] *= factors[(int) ((from + i) / inner % factors.length)];
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
