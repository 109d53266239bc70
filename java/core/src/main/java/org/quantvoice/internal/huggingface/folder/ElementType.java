package org.quantvoice.internal.huggingface.folder;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;

/** Element types of stored weights, by their names in safetensors files, and the types as which they are read. */
enum ElementType {
    F64(8, DType.FLOAT),
    F32(4, DType.FLOAT),
    F16(2, DType.FLOAT),
    BF16(2, DType.FLOAT),
    I64(8, DType.INT),
    I32(4, DType.INT),
    BOOL(1, DType.BOOL);

    private final int width;
    private final DType read;

    ElementType(int width, DType read) {
        this.width = width;
        this.read = read;
    }

    /**
     * Returns the type with a name.
     *
     * @param tensor name of the tensor, for the message
     */
    static ElementType of(String name, String tensor) {
        return Arrays.stream(values())
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnsupportedOperatorException(
                        "weights " + tensor + " of type " + name,
                        "floats of 16, 32 or 64 bits",
                        "take the folder of the float model: what another program quantized is not taken over"));
    }

    /** Returns the type of the elements of a PyTorch storage, by the name of the storage's class. */
    static ElementType ofStorage(String storage, String tensor) {
        return switch (storage) {
            case "FloatStorage" -> F32;
            case "HalfStorage" -> F16;
            case "BFloat16Storage" -> BF16;
            case "DoubleStorage" -> F64;
            case "LongStorage" -> I64;
            case "IntStorage" -> I32;
            case "BoolStorage" -> BOOL;
            default -> of(storage, tensor);
        };
    }

    /** Returns the number of bytes of an element. */
    int width() {
        return width;
    }

    DType read() {
        return read;
    }

    /** Reads elements from the beginning of a buffer as floats. */
    void read(ByteBuffer bytes, float[] target, int at, int count) {
        switch (this) {
            case F32 -> bytes.asFloatBuffer().get(target, at, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = (float) bytes.getDouble(8 * i);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = half(bytes.getShort(2 * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
                }
            }
            default -> throw new IllegalStateException("got a float read of " + this);
        }
    }

    /** Reads elements from the beginning of a buffer as integers. */
    void read(ByteBuffer bytes, long[] target, int at, int count) {
        for (int i = 0; i < count; i++) {
            target[at + i] = this == I64 ? bytes.getLong(8 * i) : bytes.getInt(4 * i);
        }
    }

    /** Reads an IEEE 754 binary16 number: 1 sign, 5 exponent and 10 fraction bits. */
    static float half(short bits) {
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
