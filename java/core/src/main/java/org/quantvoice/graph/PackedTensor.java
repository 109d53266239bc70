package org.quantvoice.graph;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.quantvoice.internal.recipe.WeightLevels;
import org.quantvoice.quant.WeightFormat;

/**
 * Weights of 2 to 8 bits, stored as codes of {@link WeightLevels}, the lowest bit first; each output channel begins
 * at a whole byte. The layout does not depend on the CPU.
 */
public final class PackedTensor implements QuantizedTensor {
    private final WeightLevels levels;
    private final TensorBytes codes;
    private final float[] scales;
    private final long[] shape;
    private final int channelSize;

    /**
     * Makes a tensor of codes, which are not checked.
     *
     * @param codes {@link #bytesOf} bytes; called at each use, because the codes may lie in a file
     * @param scales one per element of the first axis; not copied
     */
    public PackedTensor(WeightFormat format, TensorBytes codes, float[] scales, long... shape) {
        this.levels = WeightLevels.of(format);
        this.codes = Objects.requireNonNull(codes);
        this.scales = Objects.requireNonNull(scales);
        this.shape = shape.clone();
        if (shape.length == 0 || shape[0] != scales.length) {
            throw new IllegalArgumentException(
                    "got " + scales.length + " scales for shape " + Arrays.toString(shape) + " in " + format);
        }
        this.channelSize = scales.length == 0 ? 0 : Math.toIntExact(size() / scales.length);
    }

    /** Makes a tensor of codes in memory, which are not copied. */
    public PackedTensor(WeightFormat format, ByteBuffer codes, float[] scales, long... shape) {
        this(format, () -> codes, scales, shape);
        if (bytesOf(format, shape) != codes.remaining()) {
            throw new IllegalArgumentException("got " + codes.remaining() + " bytes of codes for shape "
                    + Arrays.toString(shape) + " in " + format);
        }
    }

    /**
     * Packs values.
     *
     * @param values row-major, each of them a level of the format
     */
    public static PackedTensor pack(WeightFormat format, byte[] values, float[] scales, long... shape) {
        WeightLevels levels = WeightLevels.of(format);
        int channels = scales.length;
        int size = channels == 0 ? 0 : values.length / channels;
        int rowBytes = rowBytes(format, size);
        byte[] codes = new byte[Math.multiplyExact(channels, rowBytes)];
        for (int c = 0; c < channels; c++) {
            long bit = 8L * c * rowBytes;
            for (int i = 0; i < size; i++, bit += format.bits()) {
                int code = levels.code(values[c * size + i]);
                if (code < 0) {
                    throw new IllegalArgumentException(values[c * size + i] + " is no level of " + format);
                }
                int at = (int) (bit >> 3);
                int shifted = code << (bit & 7);
                codes[at] |= (byte) shifted;
                if (shifted >> 8 != 0) {
                    codes[at + 1] |= (byte) (shifted >> 8);
                }
            }
        }
        return new PackedTensor(format, ByteBuffer.wrap(codes), scales, shape);
    }

    /** Returns a tensor of weights that are all 0, with scale 1, from which sizes can be computed. */
    public static PackedTensor zeros(WeightFormat format, long... shape) {
        float[] scales = new float[Math.toIntExact(shape[0])];
        Arrays.fill(scales, 1);
        return new PackedTensor(format, ByteBuffer.allocate(Math.toIntExact(bytesOf(format, shape))), scales, shape);
    }

    private static int rowBytes(WeightFormat format, long channelSize) {
        return Math.toIntExact((channelSize * format.bits() + 7) / 8);
    }

    /** Returns the number of bytes of a tensor's codes. */
    public static long bytesOf(WeightFormat format, long... shape) {
        long size = 1;
        for (int i = 1; i < shape.length; i++) {
            size *= shape[i];
        }
        return shape[0] * rowBytes(format, size);
    }

    /** Returns the codes as a buffer with its own position. */
    public ByteBuffer codes() {
        return codes.get().asReadOnlyBuffer();
    }

    @Override
    public WeightFormat format() {
        return levels.format();
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
    public void values(long from, byte[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, size());
        ByteBuffer all = codes.get();
        int done = 0;
        while (done < count) {
            long index = from + done;
            int column = (int) (index % channelSize);
            int some = Math.min(count - done, channelSize - column);
            channelValues(all, (int) (index / channelSize), column, target, at + done, some);
            done += some;
        }
    }

    @Override
    public void values(long from, ByteBuffer target) {
        byte[] values = new byte[target.remaining()];
        values(from, values, 0, values.length);
        target.put(values);
    }

    private void channelValues(ByteBuffer all, int channel, int column, byte[] target, int at, int count) {
        int bits = levels.format().bits();
        int mask = (1 << bits) - 1;
        int base = all.position() + channel * rowBytes(levels.format(), channelSize);
        long bit = (long) column * bits;
        for (int i = 0; i < count; i++, bit += bits) {
            int first = base + (int) (bit >> 3);
            int shift = (int) (bit & 7);
            int pair = all.get(first) & 0xff;
            if (shift + bits > 8) {
                pair |= (all.get(first + 1) & 0xff) << 8;
            }
            target[at + i] = levels.value(pair >> shift & mask);
        }
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        byte[] values = new byte[count];
        values(from, values, 0, count);
        for (int i = 0; i < count; i++) {
            target[at + i] = values[i] * scales[(int) ((from + i) / channelSize)];
        }
    }

    @Override
    public void close() {
        codes.close();
    }
}
