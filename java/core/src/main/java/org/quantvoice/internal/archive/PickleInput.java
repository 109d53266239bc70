package org.quantvoice.internal.archive;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle from its start to its end. */
final class PickleInput {
    private final Part part;
    private final ByteBuffer bytes;

    PickleInput(Part part, byte[] bytes) {
        this.part = part;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int place() {
        return bytes.position();
    }

    /** Returns an unsigned byte. */
    int u8() {
        require(1);
        return bytes.get() & 0xFF;
    }

    /** Returns an unsigned number of two bytes. */
    int u16() {
        require(2);
        return bytes.getShort() & 0xFFFF;
    }

    int i32() {
        require(4);
        return bytes.getInt();
    }

    /** Returns an unsigned number of four bytes. */
    long u32() {
        return i32() & 0xFFFFFFFFL;
    }

    long i64() {
        require(8);
        return bytes.getLong();
    }

    void skip(int count) {
        require(count);
        bytes.position(bytes.position() + count);
    }

    /** Returns UTF-8 text of a length in bytes. */
    String text(long length) {
        require(length);
        String text = new String(bytes.array(), bytes.position(), (int) length, StandardCharsets.UTF_8);
        bytes.position(bytes.position() + (int) length);
        return text;
    }

    /** Returns the text up to the end of a line. */
    String line() {
        int start = bytes.position();
        try {
            while (bytes.get() != '\n') {
                // reading moves the position
            }
        } catch (BufferUnderflowException e) {
            throw part.refused("a pickle that ends in a name", "a whole pickle");
        }
        return new String(bytes.array(), start, bytes.position() - start - 1, StandardCharsets.UTF_8);
    }

    private void require(long count) {
        if (count > bytes.remaining()) {
            throw part.refused("a pickle that ends at byte " + bytes.limit(), "a whole pickle");
        }
    }
}
