package org.quantvoice.internal.onnx.read;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.LongStream;

/**
 * The fields of a message in protobuf's wire format, one after the other: {@link #next} goes to a field, and fields
 * whose values are not read are skipped. Every length is checked against the message around it.
 */
final class MessageReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final int MOST_DEPTH = 64;
    private static final int MOST_TEXT = 1 << 26;

    private final FileWindow file;
    private final long end;
    private final int depth;
    private long at;
    private int number;
    private int wire;
    private long from;
    private long to;
    private long value;

    private MessageReader(FileWindow file, long from, long end, int depth) {
        this.file = file;
        this.at = from;
        this.end = end;
        this.depth = depth;
        if (depth > MOST_DEPTH) {
            throw BrokenFile.at(from, "more than " + MOST_DEPTH + " messages one in the other");
        }
    }

    static MessageReader of(FileWindow file) {
        return new MessageReader(file, 0, file.file().length(), 0);
    }

    /** Goes to the next field. */
    boolean next() {
        if (at >= end) {
            return false;
        }
        long key = varint();
        number = (int) Math.min(key >>> 3, Integer.MAX_VALUE);
        wire = (int) (key & 7);
        if (number == 0) {
            throw BrokenFile.at(at, "no field of protobuf");
        }
        long length =
                switch (wire) {
                    case VARINT -> {
                        value = varint();
                        yield 0;
                    }
                    case FIXED64 -> 8;
                    case FIXED32 -> 4;
                    case LENGTH -> varint();
                    default -> throw BrokenFile.at(at, "no field of protobuf");
                };
        if (length < 0 || length > end - at) {
            throw BrokenFile.at(at, "a field of " + length + " bytes, where " + (end - at) + " are left");
        }
        from = at;
        to = at + length;
        at = to;
        return true;
    }

    /** Returns the field's number in its message. */
    int number() {
        return number;
    }

    /** Returns the position at which the field's bytes begin. */
    long from() {
        return from;
    }

    /** Returns the number of the field's bytes. */
    long length() {
        return to - from;
    }

    long integer() {
        require(VARINT);
        return value;
    }

    float number32() {
        require(FIXED32);
        return little(4).getFloat();
    }

    String text() {
        require(LENGTH);
        if (length() > MOST_TEXT) {
            throw BrokenFile.at(from, "a text of " + length() + " bytes");
        }
        return file.text(from, (int) length());
    }

    MessageReader message() {
        require(LENGTH);
        return new MessageReader(file, from, to, depth + 1);
    }

    /** Adds a list of integers, which may be in one field or in one field each. */
    void integers(LongStream.Builder into) {
        if (wire == VARINT) {
            into.add(value);
            return;
        }
        MessageReader inside = message();
        while (inside.at < inside.end) {
            into.add(inside.varint());
        }
    }

    /** Adds the bytes of a list of numbers of a fixed width. */
    void fixed(ByteArrayOutputStream into, int width) {
        require(wire == LENGTH ? LENGTH : width == Float.BYTES ? FIXED32 : FIXED64);
        if (length() % width != 0 || length() > Integer.MAX_VALUE - 64 - into.size()) {
            throw BrokenFile.at(from, "a list of " + length() + " bytes of numbers of " + width);
        }
        into.writeBytes(file.bytes(from, (int) length()));
    }

    private ByteBuffer little(int count) {
        return ByteBuffer.wrap(file.bytes(from, count)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void require(int wanted) {
        if (wire != wanted) {
            throw BrokenFile.at(from, "field " + number + " of another kind than ONNX gives it");
        }
    }

    private long varint() {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw BrokenFile.at(end, "its end inside a number");
            }
            byte next = file.at(at++);
            result |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw BrokenFile.at(at, "a number of more than 64 bits");
    }
}
