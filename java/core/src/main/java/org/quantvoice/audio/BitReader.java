package org.quantvoice.audio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.TruncatedAudioException;

/**
 * Big-endian bit fields of a FLAC stream, read through a buffer. Each read loads one 64-bit word at the current bit, so the
 * only state is the position. Reading past the end throws; no read loops without consuming.
 */
final class BitReader {
    /** Number of valid bits of a peeked word: 64 less the 7 that may precede the position in its byte. */
    private static final int VALID = 57;

    private static final int BUFFER = 1 << 13;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final AudioSource source;
    private final byte[] bytes = new byte[BUFFER];
    private int limit;
    private boolean ended;
    /** Number of the next bit, counted from the buffer's start. */
    private long position;
    /** Position of the buffer's start in the source. */
    private long start;
    /** Index in the buffer from which bytes are not yet included in {@link #crc}. */
    private int crcFrom;

    private int crc;

    BitReader(AudioSource source) {
        this.source = source;
        this.start = source.position();
    }

    /** Returns the position in the source of the byte that holds the next bit. */
    long byteOffset() {
        return start + (position >>> 3);
    }

    /** Returns whether the source ends here. */
    boolean atEnd() {
        return !ensure(1);
    }

    /** Returns whether the next bytes are these ASCII characters; the position must be at a whole byte. */
    boolean startsWith(String ascii) {
        if (!ensure(ascii.length())) {
            return false;
        }
        int at = (int) (position >>> 3);
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the next 15 bits are those with which every frame starts. */
    boolean startsWithSync() {
        return ensure(2) && peek() >>> 49 == FlacFrameHeader.SYNC << 1;
    }

    /** Reads an unsigned field of 0 to 57 bits. */
    long unsigned(int width) {
        long word = peek();
        skip(width);
        return word >>> 1 >>> (63 - width);
    }

    int bits(int width) {
        return (int) unsigned(width);
    }

    /** Reads a two's complement field of 1 to 57 bits. */
    long signed(int width) {
        long word = peek();
        skip(width);
        return word >> (64 - width);
    }

    /** Reads the number of 0 bits before the next 1 bit; the 1 is consumed. */
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

    /**
     * Reads a Rice-coded number with parameter 0 to 30: zigzag folded, unary quotient, binary remainder, at most 32
     * bits.
     */
    long rice(int parameter) {
        long word = peek();
        int quotient = Long.numberOfLeadingZeros(word);
        long folded;
        if (quotient + 1 + parameter <= VALID) {
            folded = (long) quotient << parameter | word << (quotient + 1) >>> 1 >>> (63 - parameter);
            skip(quotient + 1 + parameter);
        } else {
            long high = unary();
            folded = high >>> 32 != 0 ? high : high << parameter | unsigned(parameter); // a shift would lose high bits
        }
        if (folded >>> 32 != 0) {
            throw damaged("a residual wider than 32 bits");
        }
        return folded >>> 1 ^ -(folded & 1);
    }

    void alignToByte() {
        position = position + 7 & ~7L;
    }

    /** Skips any number of whole bytes. */
    void skipBytes(long count) {
        for (long left = count; left > 0; ) {
            ensure(1);
            long step = Math.max(1, Math.min(left, limit - (position >>> 3)));
            skip(8 * step);
            left -= step;
        }
    }

    private void skip(long bits) {
        if (bits > 8L * limit - position && !ensure((int) ((position & 7) + bits + 7 >>> 3))) {
            throw new TruncatedAudioException(
                    source.name() + ": a FLAC stream that ends after " + (start + limit)
                            + " bytes in the middle of a field",
                    "a whole file",
                    "fetch or record the file again: it is truncated");
        }
        position += bits;
    }

    AudioFormatException damaged(String got) {
        return source.failure(
                got + " at byte " + byteOffset(),
                "a FLAC stream as RFC 9639 describes",
                "fetch the file again: it is damaged");
    }

    /** Starts a checksum at the next byte; the position must be at a whole byte. */
    void startCrc() {
        ensure(FlacFrameHeader.MAX_LENGTH + Long.BYTES); // so that the buffer never splits a header
        crcFrom = (int) (position >>> 3);
        crc = 0;
    }

    /** Returns the CRC-8 of the bytes since {@link #startCrc}, which must be those of a frame's header. */
    int crc8() {
        return FlacCrc.crc8(bytes, crcFrom, (int) (position >>> 3));
    }

    /** Returns the CRC-16 of the bytes since {@link #startCrc}. */
    int crc16() {
        int at = (int) (position >>> 3);
        return FlacCrc.crc16(crc, bytes, crcFrom, at);
    }

    private long peek() {
        int at = (int) (position >>> 3);
        if (at > limit - Long.BYTES && ensure(Long.BYTES)) {
            at = (int) (position >>> 3);
        }
        long word;
        if (at <= limit - Long.BYTES) {
            word = (long) WORD.get(bytes, at);
        } else {
            word = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                word = word << 8 | (at + i < limit ? bytes[at + i] & 0xff : 0);
            }
        }
        return word << (position & 7);
    }

    /**
     * Fills the buffer until {@code count} bytes from the current one on are in it; returns false if the source ends
     * first.
     */
    private boolean ensure(int count) {
        int at = (int) (position >>> 3);
        if (at + count <= limit) {
            return true;
        }
        if (at + count > bytes.length) {
            compact(at);
        }
        while (!ended && (position >>> 3) + count > limit) {
            int read = source.read(bytes, limit, bytes.length - limit);
            ended = read < 0;
            limit += Math.max(0, read);
        }
        return (position >>> 3) + count <= limit;
    }

    private void compact(int at) {
        crc = FlacCrc.crc16(crc, bytes, Math.min(crcFrom, at), at);
        crcFrom = 0;
        System.arraycopy(bytes, at, bytes, 0, limit - at);
        limit -= at;
        start += at;
        position &= 7;
    }
}
