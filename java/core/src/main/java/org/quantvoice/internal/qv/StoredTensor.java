package org.quantvoice.internal.qv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;

/** A tensor whose elements are little-endian bytes in a file. */
public final class StoredTensor implements TensorData {
    private final DType type;
    private final StoredBytes bytes;
    private final long[] shape;

    StoredTensor(DType type, StoredBytes bytes, long... shape) {
        this.type = type;
        this.bytes = bytes;
        this.shape = shape.clone();
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
    public void read(long from, float[] target, int at, int count) {
        check(DType.FLOAT, from, count);
        bytes.get()
                .slice((int) from * Float.BYTES, count * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(target, at, count);
    }

    @Override
    public void read(long from, long[] target, int at, int count) {
        check(DType.INT, from, count);
        bytes.get()
                .slice((int) from * Long.BYTES, count * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(target, at, count);
    }

    @Override
    public void read(long from, boolean[] target, int at, int count) {
        check(DType.BOOL, from, count);
        ByteBuffer all = bytes.get();
        for (int i = 0; i < count; i++) {
            target[at + i] = all.get((int) from + i) != 0;
        }
    }

    @Override
    public void close() {
        bytes.close();
    }

    private void check(DType wanted, long from, int count) {
        if (type != wanted) {
            throw new IllegalStateException("got a read of " + wanted + " from a tensor of " + type);
        }
        Objects.checkFromIndexSize(from, count, size());
    }
}
