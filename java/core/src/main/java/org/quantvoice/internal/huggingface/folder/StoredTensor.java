package org.quantvoice.internal.huggingface.folder;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;

/** A tensor whose elements of any width are little-endian bytes in a file; halves and doubles read as floats. */
public final class StoredTensor implements TensorData {
    private static final int CHUNK = 1 << 20;

    private final StoredFile file;
    private final long position;
    private final ElementType type;
    private final long[] shape;

    /** @param position of the first byte in the file, which holds all elements */
    StoredTensor(StoredFile file, long position, ElementType type, long... shape) {
        this.file = file;
        this.position = position;
        this.type = type;
        this.shape = shape.clone();
    }

    /** Returns the same elements in another shape with as many elements. */
    StoredTensor reshaped(long... newShape) {
        return new StoredTensor(file, position, type, newShape);
    }

    @Override
    public DType type() {
        return type.read();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        each(DType.FLOAT, from, count, (bytes, done, part) -> type.read(bytes, target, at + done, part));
    }

    @Override
    public void read(long from, long[] target, int at, int count) {
        each(DType.INT, from, count, (bytes, done, part) -> type.read(bytes, target, at + done, part));
    }

    @Override
    public void read(long from, boolean[] target, int at, int count) {
        each(DType.BOOL, from, count, (bytes, done, part) -> {
            for (int i = 0; i < part; i++) {
                target[at + done + i] = bytes.get(i) != 0;
            }
        });
    }

    private interface Sink {
        /** Takes the next {@code count} elements; {@code done} elements were taken before. */
        void take(ByteBuffer bytes, int done, int count);
    }

    private void each(DType wanted, long from, int count, Sink sink) {
        if (type.read() != wanted) {
            throw new IllegalStateException("got a read of " + wanted + " from a tensor of " + type.read());
        }
        Objects.checkFromIndexSize(from, count, size());
        int width = type.width();
        byte[] chunk = new byte[(int) Math.min(CHUNK, (long) count * width)];
        ByteBuffer bytes = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int part = Math.min(chunk.length / width, count - done);
            file.read(position + (from + done) * width, chunk, part * width);
            sink.take(bytes, done, part);
            done += part;
        }
    }
}
