package org.quantvoice.graph;

import java.util.Locale;

/** Element types of the graph's tensors. */
public enum DType {
    /** IEEE 754 single precision. */
    FLOAT(4),
    /** Signed 64-bit integer. */
    INT(8),
    /** One byte, 0 or 1. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Returns the type of the result of an operation on both types: float over int over bool. */
    public DType promote(DType other) {
        return ordinal() <= other.ordinal() ? this : other;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
