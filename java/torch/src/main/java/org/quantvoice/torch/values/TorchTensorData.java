package org.quantvoice.torch.values;

import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;

/**
 * The elements of a libtorch tensor, read from its memory without a copy of the tensor. Reads and close exclude each
 * other.
 */
public final class TorchTensorData implements TensorData {

    private final DType type;
    private final long[] shape;
    private @Nullable Tensor tensor;

    /** Takes a contiguous tensor on the CPU and keeps it alive. */
    public TorchTensorData(DType type, long[] shape, Tensor tensor) {
        this.type = type;
        this.shape = shape;
        this.tensor = tensor.retainReference();
    }

    @Override
    public DType type() {
        return type;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public synchronized void read(long from, float[] target, int at, int count) {
        Tensor source = open(DType.FLOAT, from, count);
        try (FloatPointer data = source.data_ptr_float()) {
            data.position(from).get(target, at, count);
        }
    }

    @Override
    public synchronized void read(long from, long[] target, int at, int count) {
        Tensor source = open(DType.INT, from, count);
        try (LongPointer data = source.data_ptr_long()) {
            data.position(from).get(target, at, count);
        }
    }

    @Override
    public synchronized void read(long from, boolean[] target, int at, int count) {
        Tensor source = open(DType.BOOL, from, count);
        try (BoolPointer data = source.data_ptr_bool()) {
            for (int i = 0; i < count; i++) {
                target[at + i] = data.get(from + i);
            }
        }
    }

    private Tensor open(DType wanted, long from, int count) {
        if (tensor == null) {
            throw new IllegalStateException("got a read of a closed graph's constant; expected an open graph");
        }
        if (wanted != type) {
            throw new IllegalStateException("got a tensor of " + type + "; expected " + wanted);
        }
        Objects.checkFromIndexSize(from, count, size());
        return tensor;
    }

    /** Tensors at the same place in memory are the same without a look at their elements, as parameters of one module are. */
    @Override
    public boolean sameAs(TensorData other) {
        boolean samePlace = other instanceof TorchTensorData torch
                && torch.type == type
                && Arrays.equals(torch.shape, shape)
                && torch.address() == address();
        return samePlace || TensorData.super.sameAs(other);
    }

    private synchronized long address() {
        try (Pointer data = open(type, 0, 0).data_ptr()) {
            return data.address();
        }
    }

    @Override
    public synchronized void close() {
        if (tensor != null) {
            tensor.releaseReference();
            tensor = null;
        }
    }
}
