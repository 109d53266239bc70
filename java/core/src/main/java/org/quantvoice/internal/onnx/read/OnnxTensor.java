package org.quantvoice.internal.onnx.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.files.StoredFile;

/** A tensor of an ONNX file; its elements stay in the file, or in one beside it, until they are read. Thread-safe. */
public final class OnnxTensor implements TensorData {
    private static final int CHUNK = 1 << 20;

    private final String name;
    private final ElementType type;
    private final long[] shape;
    private final @Nullable StoredFile file;
    private final long position;
    private final byte[] inline;

    private OnnxTensor(
            String name, ElementType type, long[] shape, @Nullable StoredFile file, long position, byte[] inline) {
        this.name = name;
        this.type = type;
        this.shape = shape.clone();
        this.file = file;
        this.position = position;
        this.inline = inline;
    }

    /** Returns a tensor whose elements lie in a file. */
    static OnnxTensor stored(String name, ElementType type, long[] shape, StoredFile file, long position) {
        return new OnnxTensor(name, type, shape, file, position, new byte[0]);
    }

    /** Returns a tensor whose elements are in memory, little-endian; they are not copied. */
    static OnnxTensor inline(String name, ElementType type, long[] shape, byte[] bytes) {
        return new OnnxTensor(name, type, shape, null, 0, bytes);
    }

    public String name() {
        return name;
    }

    public ElementType elements() {
        return type;
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
        each(DType.FLOAT, from, count, (bytes, done, part) -> {
            for (int i = 0; i < part; i++) {
                target[at + done + i] = type.number(bytes, i);
            }
        });
    }

    @Override
    public void read(long from, long[] target, int at, int count) {
        each(DType.INT, from, count, (bytes, done, part) -> {
            for (int i = 0; i < part; i++) {
                target[at + done + i] = type.whole(bytes, i);
            }
        });
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
            throw new IllegalStateException("got a read of " + wanted + " from a tensor of " + type);
        }
        Objects.checkFromIndexSize(from, count, size());
        int width = type.width();
        for (int done = 0; done < count; ) {
            int part = Math.min(CHUNK / width, count - done);
            sink.take(bytes((from + done) * width, part * width), done, part);
            done += part;
        }
    }

    private ByteBuffer bytes(long from, int count) {
        ByteBuffer bytes = file == null
                ? ByteBuffer.wrap(inline, Math.toIntExact(from), count).slice()
                : ByteBuffer.wrap(file.read(position + from, count));
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public String toString() {
        return name + ": " + type + Arrays.toString(shape);
    }
}
