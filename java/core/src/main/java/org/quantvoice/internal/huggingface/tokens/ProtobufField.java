package org.quantvoice.internal.huggingface.tokens;

import java.util.ArrayList;
import java.util.List;

/**
 * A field of a message in protobuf's wire format, with its position in the bytes.
 *
 * @param number of the field
 * @param isBytes whether it is a text, bytes or a message, from {@code from} to before {@code to}
 */
record ProtobufField(int number, boolean isBytes, int from, int to) {

    /** Thrown for bytes that are no message. */
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenException(String message) {
            super(message);
        }
    }

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    /** Returns the fields of the message between two positions. */
    static List<ProtobufField> all(byte[] bytes, int from, int to) throws BrokenException {
        List<ProtobufField> fields = new ArrayList<>();
        int[] at = {from};
        while (at[0] < to) {
            long key = varint(bytes, at, to);
            long length =
                    switch ((int) (key & 7)) {
                        case VARINT -> {
                            varint(bytes, at, to);
                            yield 0;
                        }
                        case FIXED64 -> 8;
                        case FIXED32 -> 4;
                        case LENGTH -> varint(bytes, at, to);
                        default -> throw new BrokenException("no field of protobuf at byte " + at[0]);
                    };
            if (length < 0 || length > to - at[0] || key >>> 3 == 0 || key >>> 3 > Integer.MAX_VALUE) {
                throw new BrokenException("a field that is longer than the rest, at byte " + at[0]);
            }
            fields.add(new ProtobufField((int) (key >>> 3), (key & 7) == LENGTH, at[0], at[0] + (int) length));
            at[0] += (int) length;
        }
        return fields;
    }

    private static long varint(byte[] bytes, int[] at, int to) throws BrokenException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at[0] >= to) {
                throw new BrokenException("the end inside a number, at byte " + to);
            }
            byte next = bytes[at[0]++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new BrokenException("a number of more than 64 bits, at byte " + at[0]);
    }
}
