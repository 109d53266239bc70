package org.quantvoice.internal.onnx.read;

import java.nio.ByteBuffer;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;

/** Element types of ONNX tensors, and the graph's types as which they are read. */
public enum ElementType {
    FLOAT(1, 4, DType.FLOAT),
    UINT8(2, 1, DType.INT),
    INT8(3, 1, DType.INT),
    UINT16(4, 2, DType.INT),
    INT16(5, 2, DType.INT),
    INT32(6, 4, DType.INT),
    INT64(7, 8, DType.INT),
    BOOL(9, 1, DType.BOOL),
    FLOAT16(10, 2, DType.FLOAT),
    DOUBLE(11, 8, DType.FLOAT),
    UINT32(12, 4, DType.INT),
    UINT64(13, 8, DType.INT),
    BFLOAT16(16, 2, DType.FLOAT);

    private static final int STRING = 8;

    private final int code;
    private final int width;
    private final DType read;

    ElementType(int code, int width, DType read) {
        this.code = code;
        this.width = width;
        this.read = read;
    }

    /**
     * Returns the element type of a number in a file.
     *
     * @param owner name of the value that has the type, for the message
     */
    public static ElementType of(long code, String owner) {
        for (ElementType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new UnsupportedOperatorException(
                owner + " with elements of ONNX type " + code + (code == STRING ? " (text)" : ""),
                "floats of 16 to 64 bits, integers of 8 to 64 bits, or bool",
                "export the model in float, float16 or int8");
    }

    /** Returns the number of bytes of an element. */
    public int width() {
        return width;
    }

    /** Returns the number of the type in files. */
    int code() {
        return code;
    }

    /** Returns the graph's type for such elements. */
    public DType read() {
        return read;
    }

    /** Returns whether elements have one byte, as quantized weights and activations do. */
    public boolean isByte() {
        return this == INT8 || this == UINT8;
    }

    /** Returns the smallest value of an integer of at most 32 bits. */
    public long low() {
        return switch (this) {
            case INT8 -> Byte.MIN_VALUE;
            case INT16 -> Short.MIN_VALUE;
            case INT32 -> Integer.MIN_VALUE;
            default -> 0;
        };
    }

    /** Returns the largest value of an integer of at most 32 bits. */
    public long high() {
        return low() + (1L << 8 * width) - 1;
    }

    /** Returns an element of a little-endian buffer as a float. */
    float number(ByteBuffer bytes, int index) {
        return switch (this) {
            case FLOAT -> bytes.getFloat(4 * index);
            case DOUBLE -> (float) bytes.getDouble(8 * index);
            case FLOAT16 -> half(bytes.getShort(2 * index));
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(2 * index) << 16);
            default -> throw new IllegalStateException("got a float read of " + this);
        };
    }

    /**
     * Returns an element of a little-endian buffer as an integer; unsigned 64-bit integers that do not fit become the
     * largest signed one.
     */
    long whole(ByteBuffer bytes, int index) {
        return switch (this) {
            case INT8 -> bytes.get(index);
            case UINT8 -> bytes.get(index) & 0xff;
            case INT16 -> bytes.getShort(2 * index);
            case UINT16 -> bytes.getShort(2 * index) & 0xffff;
            case INT32 -> bytes.getInt(4 * index);
            case UINT32 -> bytes.getInt(4 * index) & 0xffffffffL;
            case INT64 -> bytes.getLong(8 * index);
            case UINT64 -> bytes.getLong(8 * index) < 0 ? Long.MAX_VALUE : bytes.getLong(8 * index);
            default -> throw new IllegalStateException("got an integer read of " + this);
        };
    }

    /** Reads an IEEE 754 binary16 number: 1 sign, 5 exponent and 10 fraction bits. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> Math.scalb((float) fraction, -24);
                    case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
                };
        return bits < 0 ? -magnitude : magnitude;
    }
}
