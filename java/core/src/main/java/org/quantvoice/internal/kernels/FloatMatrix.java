package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Float weights {@code [outputs, inputs]} of a layer that is not quantized, packed for this CPU as floats or rounded
 * to bfloat16, with an optional bias. Immutable.
 */
public final class FloatMatrix extends NativeHandle implements PackedMatrix {
    private static final int FLOAT32 = 0;
    private static final int BFLOAT16 = 1;

    private final int outputs;
    private final int inputs;
    private final boolean bfloat16;

    private FloatMatrix(int outputs, int inputs, boolean bfloat16, long address) {
        super("float matrix", address, Library::qv_flat_float_matrix_free);
        this.outputs = outputs;
        this.inputs = inputs;
        this.bfloat16 = bfloat16;
    }

    /**
     * @param weights direct, {@code outputs * inputs} values in native byte order, row-major; not retained
     * @param bias of each output channel, or null
     * @param bfloat16 whether weights are rounded to bfloat16, which takes half the memory and is faster on CPUs that
     *     multiply it
     */
    public static FloatMatrix pack(
            FloatBuffer weights, int outputs, int inputs, float @Nullable [] bias, boolean bfloat16) {
        if (outputs < 1 || inputs < 1 || inputs > QuantizedMatrix.MOST_INPUTS) {
            throw new IllegalArgumentException(
                    "weights [" + outputs + ", " + inputs + "], not [1.., 1.." + QuantizedMatrix.MOST_INPUTS + "]");
        }
        Buffers.require(weights, (long) outputs * inputs, "weights");
        if (bias != null && bias.length != outputs) {
            throw new IllegalArgumentException(bias.length + " biases for " + outputs + " output channels");
        }
        Kernels.start();
        long[] handle = new long[1];
        int precision = bfloat16 ? BFLOAT16 : FLOAT32;
        Status.check(Library.qv_flat_float_matrix_create(weights, outputs, inputs, bias, precision, handle));
        return new FloatMatrix(outputs, inputs, bfloat16, handle[0]);
    }

    /**
     * Makes a matrix from the bytes that {@link #content} copied out, without packing.
     *
     * @param content direct; it was copied from a matrix of these sizes on the same tier and version of the library;
     *     not retained
     * @throws IllegalArgumentException if it has another size than such a matrix
     */
    public static FloatMatrix restore(ByteBuffer content, int outputs, int inputs, boolean bfloat16) {
        Buffers.require(content, 1, "packed weights");
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_float_matrix_restore(
                content, content.remaining(), outputs, inputs, bfloat16 ? BFLOAT16 : FLOAT32, handle));
        return new FloatMatrix(outputs, inputs, bfloat16, handle[0]);
    }

    @Override
    public int contentBytes() {
        long address = acquire();
        try {
            return Math.toIntExact(Library.qv_flat_float_matrix_content(address, null, 0));
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
            Library.qv_flat_float_matrix_content(address, target, bytes);
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

    public boolean bfloat16() {
        return bfloat16;
    }

    @Override
    public long bytes() {
        long address = acquire();
        try {
            return Library.qv_flat_float_matrix_bytes(address);
        } finally {
            release();
        }
    }

    @Override
    public long address() {
        return peekAddress();
    }
}
