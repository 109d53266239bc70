package org.quantvoice.graph;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.quantvoice.quant.WeightFormat;

/**
 * Weights as int8 with one scale per output channel (the first axis), symmetric, values in [-127, 127]. As a {@link
 * TensorData} it reads as the floats that the values stand for.
 */
public final class Int8Tensor implements QuantizedTensor {
    private static final int MAX = 127;

    private final TensorBytes values;
    private final float[] scales;
    private final long[] shape;
    private final int channelSize;

    /**
     * Makes a tensor of values, which are not checked.
     *
     * @param values row-major, as many as the shape has elements; called at each use, because the values may lie in a
     *     file
     * @param scales one per element of the first axis; not copied
     */
    public Int8Tensor(TensorBytes values, float[] scales, long... shape) {
        this.values = Objects.requireNonNull(values);
        this.scales = Objects.requireNonNull(scales);
        this.shape = shape.clone();
        if (shape.length == 0 || shape[0] != scales.length) {
            throw new IllegalArgumentException("got " + scales.length + " scales for shape " + Arrays.toString(shape));
        }
        this.channelSize = scales.length == 0 ? 0 : Math.toIntExact(size() / scales.length);
    }

    /**
     * Makes a tensor of values in memory.
     *
     * @param values row-major; not copied
     */
    public Int8Tensor(ByteBuffer values, float[] scales, long... shape) {
        this(() -> values, scales, shape);
        if (size() != values.remaining()) {
            throw new IllegalArgumentException(
                    "got " + values.remaining() + " values for shape " + Arrays.toString(shape));
        }
    }

    /**
     * Makes a tensor of values that were rounded elsewhere, and checks them.
     *
     * @param values row-major, -127 to 127; not copied
     * @param scales one per element of the first axis, above 0; not copied
     */
    public static Int8Tensor of(byte[] values, float[] scales, long... shape) {
        for (byte value : values) {
            if (value < -127) {
                throw new IllegalArgumentException("got a weight of " + value + "; expected -127 to 127");
            }
        }
        return new Int8Tensor(ByteBuffer.wrap(values), scales, shape);
    }

    /** Returns the same weights with 8 bits each; the tensor itself if it has 8 bits already. */
    public static Int8Tensor widen(QuantizedTensor weights) {
        if (weights instanceof Int8Tensor int8) {
            return int8;
        }
        byte[] values = new byte[Math.toIntExact(weights.size())];
        weights.values(0, values, 0, values.length);
        return of(values, weights.scales(), weights.shape());
    }

    /**
     * Returns the tensor with each channel multiplied by a factor: its scale changes and, for a factor below 0, the
     * signs of its values.
     */
    public Int8Tensor times(float[] factors) {
        ByteBuffer all = values.get();
        byte[] changed = new byte[all.remaining()];
        float[] changedScales = new float[scales.length];
        for (int c = 0; c < scales.length; c++) {
            int sign = (int) Math.signum(factors[c]);
            changedScales[c] = sign == 0 ? scales[c] : scales[c] * Math.abs(factors[c]);
            for (int i = c * channelSize; i < (c + 1) * channelSize; i++) {
                changed[i] = (byte) (sign * all.get(all.position() + i));
            }
        }
        return new Int8Tensor(ByteBuffer.wrap(changed), changedScales, shape);
    }

    /** Returns the values, row-major, as a buffer with its own position. */
    public ByteBuffer values() {
        return values.get().asReadOnlyBuffer();
    }

    @Override
    public WeightFormat format() {
        return WeightFormat.INT8;
    }

    @Override
    public void values(long from, byte[] target, int at, int count) {
        ByteBuffer all = values.get().duplicate();
        all.position(all.position() + Math.toIntExact(from)).get(target, at, count);
    }

    @Override
    public void values(long from, ByteBuffer target) {
        values.read(from, target);
    }

    @Override
    public float[] scales() {
        return scales.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, size());
        ByteBuffer all = values.get();
        int base = all.position() + Math.toIntExact(from);
        for (int i = 0; i < count; i++) {
            target[at + i] = all.get(base + i) * scales[(int) ((from + i) / channelSize)];
        }
    }

    @Override
    public void close() {
        values.close();
    }
}
