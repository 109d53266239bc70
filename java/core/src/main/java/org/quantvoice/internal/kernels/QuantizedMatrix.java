package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Int8 weights {@code [outputs, inputs]} of a linear layer, packed for this CPU: symmetric, one scale for each output
 * channel, with an optional bias. Immutable.
 */
public final class QuantizedMatrix extends NativeHandle implements PackedMatrix {
    /** The largest number of inputs whose int32 sums cannot overflow. */
    public static final int MOST_INPUTS = 65536;

    private final int outputs;
    private final int inputs;

    private QuantizedMatrix(int outputs, int inputs, long address) {
        super("quantized matrix", address, Library::qv_flat_s8_matrix_free);
        this.outputs = outputs;
        this.inputs = inputs;
    }

    /**
     * @param weights direct, {@code outputs * inputs} values -127..127, row-major; not retained
     * @param scale of each output channel
     * @param bias of each output channel, or null
     */
    public static QuantizedMatrix pack(
            ByteBuffer weights, int outputs, int inputs, float[] scale, float @Nullable [] bias) {
        return pack(weights, outputs, inputs, 8, null, scale, bias);
    }

    /**
     * Packs weights that stay in fewer bits in memory, and are unpacked panel by panel within products.
     *
     * @param bits 2 to 8
     * @param levels the {@code 2^bits} values that weights may have, 0 among them; null: {@code -(2^(bits-1) - 1)} to
     *     {@code 2^(bits-1) - 1}
     */
    public static QuantizedMatrix pack(
            ByteBuffer weights,
            int outputs,
            int inputs,
            int bits,
            byte @Nullable [] levels,
            float[] scale,
            float @Nullable [] bias) {
        requireWidth(bits, levels);
        if (outputs < 1 || inputs < 1 || inputs > MOST_INPUTS) {
            throw new IllegalArgumentException(
                    "weights [" + outputs + ", " + inputs + "], not [1.., 1.." + MOST_INPUTS + "]");
        }
        Buffers.require(weights, (long) outputs * inputs, "weights");
        if (scale.length != outputs || (bias != null && bias.length != outputs)) {
            throw new IllegalArgumentException("scales or bias are not of " + outputs + " output channels");
        }
        Kernels.start();
        long[] handle = new long[1];
        Status.check(
                Library.qv_flat_s8_matrix_create(weights, outputs, inputs, inputs, bits, levels, scale, bias, handle));
        return new QuantizedMatrix(outputs, inputs, handle[0]);
    }

    private static void requireWidth(int bits, byte @Nullable [] levels) {
        if (bits < 2 || bits > 8 || (levels != null && levels.length != 1 << bits)) {
            throw new IllegalArgumentException("weights of " + bits + " bits, or levels of another width; not 2 to 8");
        }
    }

    /**
     * Makes a matrix from the bytes that {@link #content} copied out, without packing.
     *
     * @param content direct; it was copied from a matrix of these sizes on the same tier and version of the library;
     *     not retained
     * @throws IllegalArgumentException if it has another size than such a matrix
     */
    public static QuantizedMatrix restore(
            ByteBuffer content, int outputs, int inputs, int bits, byte @Nullable [] levels) {
        requireWidth(bits, levels);
        Buffers.require(content, 1, "packed weights");
        Kernels.start();
        long[] handle = new long[1];
        Status.check(
                Library.qv_flat_s8_matrix_restore(content, content.remaining(), outputs, inputs, bits, levels, handle));
        return new QuantizedMatrix(outputs, inputs, handle[0]);
    }

    @Override
    public int contentBytes() {
        long address = acquire();
        try {
            return Math.toIntExact(Library.qv_flat_s8_matrix_content(address, null, 0));
        } finally {
            release();
        }
    }

    @Override
    public void content(ByteBuffer target) {
        int bytes = contentBytes();
        Buffers.require(target, bytes, "packed weights");
        long address = acquire();
        try {
            Library.qv_flat_s8_matrix_content(address, target, bytes);
            target.limit(target.position() + bytes);
        } finally {
            release();
        }
    }

    public int outputs() {
        return outputs;
    }

    public int inputs() {
        return inputs;
    }

    @Override
    public long bytes() {
        long address = acquire();
        try {
            return Library.qv_flat_s8_matrix_bytes(address);
        } finally {
            release();
        }
    }

    @Override
    public long address() {
        return peekAddress();
    }
}
