package org.quantvoice.internal.onnx.values;

import java.lang.ref.SoftReference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;

/**
 * A transposed matrix of floats. The transposed elements are cached while memory lasts and computed again when
 * needed, so that a large model need not be on the heap twice. Thread-safe.
 */
public final class TransposedMatrix implements TensorData {
    private final TensorData source;
    private final int rows;
    private final int columns;
    private SoftReference<float @Nullable []> kept = new SoftReference<>(null);

    /** @param source {@code [columns, rows]} */
    public TransposedMatrix(TensorData source) {
        this.source = source;
        this.columns = Math.toIntExact(source.shape()[0]);
        this.rows = Math.toIntExact(source.shape()[1]);
    }

    /** Returns the matrix before it was transposed. */
    public TensorData source() {
        return source;
    }

    @Override
    public DType type() {
        return DType.FLOAT;
    }

    @Override
    public long[] shape() {
        return new long[] {rows, columns};
    }

    private synchronized float[] turned() {
        float[] all = kept.get();
        if (all == null) {
            all = new float[Math.multiplyExact(rows, columns)];
            float[] line = new float[rows];
            for (int c = 0; c < columns; c++) {
                source.read((long) c * rows, line, 0, rows);
                for (int r = 0; r < rows; r++) {
                    all[r * columns + c] = line[r];
                }
            }
            kept = new SoftReference<>(all);
        }
        return all;
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, size());
        System.arraycopy(turned(), Math.toIntExact(from), target, at, count);
    }

    @Override
    public void close() {
        source.close();
    }
}
