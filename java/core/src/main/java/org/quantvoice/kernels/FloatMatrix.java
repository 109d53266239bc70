package org.quantvoice.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Weights {@code [outputs, inputs]} of a layer that is not int8, packed for this CPU as floats or rounded to bfloat16, with
 * an optional bias. Immutable.
 */
public final class FloatMatrix extends NativeHandle {
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
     * @param weights {@code outputs * inputs} values, row-major; not kept
     * @param bias of each output channel, or null
     * @param bfloat16 whether to round the weights, and activations at each run, to bfloat16
     */
    public static FloatMatrix pack(
            float[] weights, int outputs, int inputs, float @Nullable [] bias, boolean bfloat16) {
        if (outputs < 1 || inputs < 1 || (long) outputs * inputs != weights.length) {
            throw new IllegalArgumentException(
                    "got " + weights.length + " weights for [" + outputs + ", " + inputs + "]");
        }
        if (bias != null && bias.length != outputs) {
            throw new IllegalArgumentException("got a bias of " + bias.length + " for " + outputs + " outputs");
        }
        Kernels.start();
        long[] handle = new long[1];
        Status.check(
                Library.qv_flat_float_matrix_create(weights, outputs, inputs, inputs, bias, bfloat16 ? 1 : 0, handle));
        return new FloatMatrix(outputs, inputs, bfloat16, handle[0]);
    }

    public int outputs() {
        return outputs;
    }

    public int inputs() {
        return inputs;
    }

    public boolean isBfloat16() {
        return bfloat16;
    }

    /** Native memory that this matrix takes. */
    public long bytes() {
        long address = acquire();
        try {
            return Library.qv_flat_float_matrix_bytes(address);
        } finally {
            release();
        }
    }

    /** The native address, by which a {@link NativeProgram} names these weights and keeps their memory alive. */
    public long address() {
        return peekAddress();
    }
}
