package org.quantvoice.internal.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes messages of protobuf, to make ONNX files by hand. */
final class Proto {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Proto number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    Proto text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto message(int field, Proto value) {
        return bytes(field, value.toBytes());
    }

    Proto bytes(int field, byte... value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    Proto real(int field, float value) {
        varint((long) field << 3 | 5);
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array());
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    /** A model of operator set 17. */
    static byte[] model(Proto graph) {
        return new Proto()
                .number(1, 8)
                .message(8, new Proto().number(2, 17))
                .message(7, graph)
                .toBytes();
    }

    static Proto node(String operator, String inputs, String output) {
        Proto node = new Proto();
        for (String input : inputs.split(",", -1)) {
            node.text(1, input);
        }
        return node.text(2, output).text(3, "the " + operator).text(4, operator);
    }

    /** An integer attribute. */
    static Proto attribute(String name, long value) {
        return new Proto().text(1, name).number(3, value).number(20, 2);
    }

    /** A value of a type (1: float, 7: int64) and sizes, of which -1 is free. */
    static Proto value(String name, int type, long... sizes) {
        Proto shape = new Proto();
        for (long size : sizes) {
            shape.message(1, size < 0 ? new Proto().text(2, "n") : new Proto().number(1, size));
        }
        Proto tensor = new Proto().number(1, type).message(2, shape);
        return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
    }

    static Proto floats(String name, float[] values, long... sizes) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor(name, 1, sizes).bytes(9, raw.array());
    }

    static Proto tensor(String name, int type, long... sizes) {
        Proto tensor = new Proto();
        for (long size : sizes) {
            tensor.number(1, size);
        }
        return tensor.number(2, type).text(8, name);
    }
}
