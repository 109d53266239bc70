package org.quantvoice.internal.kernels;

/** The element types that a product can be stored as; in the order of {@code qv_output}. */
public enum OutputType {
    FLOAT32(4),
    UINT8(1),
    INT8(1),
    BFLOAT16(2),
    /** Exact sums after zero point compensation, without scale, bias, activation or residual. */
    INT32(4);

    private final int bytes;

    OutputType(int bytes) {
        this.bytes = bytes;
    }

    public int bytes() {
        return bytes;
    }
}
