package org.quantvoice.audio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.quantvoice.error.AudioFormatException;

/**
 * Big-endian bit fields of a FLAC stream. Each read loads one 64-bit word at the current bit, so the only state is the
 * position. Reading past the end throws; no read loops without consuming.
 */
final class BitReader {
    /** How many bits of a peeked word are valid: 64 less the 7 that may precede the position in its byte. */
    private static final int VALID = 57;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final AudioBytes source;
    private final byte[] bytes;
    private final long end;
    private long position;

    BitReader(AudioBytes source, int startByte) {
        this.source = source;
        this.bytes = source.bytes();
        this.end = 8L * bytes.length;
        this.position = 8L * startByte;
    }

    /** The byte that holds the next bit. */
    int byteOffset() {
        return (int) (position >>> 3);
    }

    boolean atEnd() {
        return position >= end;
    }

    long bitsLeft() {
        return end - position;
    }

    /** Unsigned field of 0 to 57 bits. */
    long unsigned(int width) {
        long word = peek();
        skip(width);
        return word >>> 1 >>> (63 - width);
    }

    int bits(int width) {
        return (int) unsigned(width);
    }

    /** Two's complement field of 1 to 57 bits. */
    long signed(int width) {
        long word = peek();
        skip(width);
        return word >> (64 - width);
    }

    /** Number of 0 bits before the next 1 bit; the 1 is consumed. */
    long unary() {
        long zeros = 0;
        while (true) {
            int run = Long.numberOfLeadingZeros(peek());
            if (run < VALID) {
                skip(run + 1);
                return zeros + run;
            }
            skip(VALID);
            zeros += VALID;
        }
    }

    /** A Rice coded number with parameter 0 to 30: zigzag folded, unary quotient, binary remainder; 32 bits at most. */
    long rice(int parameter) {
        long word = peek();
        int quotient = Long.numberOfLeadingZeros(word);
        long folded;
        if (quotient + 1 + parameter <= VALID) {
            folded = (long) quotient << parameter | word << (quotient + 1) >>> 1 >>> (63 - parameter);
            skip(quotient + 1 + parameter);
        } else {
            folded = unary() << parameter | unsigned(parameter); // an array has under 2^34 bits, so nothing overflows
        }
        if (folded >>> 32 != 0) {
            throw damaged("a residual wider than 32 bits");
        }
        return folded >>> 1 ^ -(folded & 1);
    }

    void alignToByte() {
        position = position + 7 & ~7L;
    }

    void skip(long bits) {
        if (bits > end - position) {
            throw source.fail(
                    "a FLAC stream that ends after " + bytes.length + " bytes in the middle of a field",
                    "a whole file",
                    "fetch or record the file again: it is truncated");
        }
        position += bits;
    }

    AudioFormatException damaged(String got) {
        return source.fail(
                got + " at byte " + byteOffset(),
                "a FLAC stream as RFC 9639 describes",
                "fetch the file again: it is damaged");
    }

    private long peek() {
        int at = byteOffset();
        long word;
        if (at <= bytes.length - Long.BYTES) {
            word = (long) WORD.get(bytes, at);
        } else {
            word = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                word = word << 8 | (at + i < bytes.length ? bytes[at + i] & 0xff : 0);
            }
        }
        return word << (position & 7);
    }
}
