package org.quantvoice.audio;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/**
 * The bytes of one audio file with the name that every error message carries. Numbers are little-endian unless said.
 *
 * @param bytes the whole file
 * @param name what the user knows the file by
 */
@SuppressWarnings("ArrayRecordComponent")
record AudioBytes(byte[] bytes, String name) {

    int length() {
        return bytes.length;
    }

    /** Whether the ASCII characters of {@code text} stand at {@code offset}; false where the file is too short. */
    boolean hasAscii(int offset, String text) {
        if (offset < 0 || offset > bytes.length - text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[offset + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    int u8(int offset) {
        return bytes[offset] & 0xff;
    }

    int u16(int offset) {
        return u8(offset) | u8(offset + 1) << 8;
    }

    int i24(int offset) {
        return u16(offset) | bytes[offset + 2] << 16;
    }

    int i32(int offset) {
        return u16(offset) | u16(offset + 2) << 16;
    }

    long u32(int offset) {
        return i32(offset) & 0xffff_ffffL;
    }

    long i64(int offset) {
        return u32(offset) | (long) i32(offset + 4) << 32;
    }

    AudioFormatException fail(String got, String expected, String cure) {
        return fail(got, expected, cure, null);
    }

    AudioFormatException fail(String got, String expected, String cure, @Nullable Throwable cause) {
        return failure(name + ": " + got, expected, cure, cause);
    }

    static AudioFormatException failure(String got, String expected, String cure, @Nullable Throwable cause) {
        return cause == null
                ? new AudioFormatException(got, expected, cure)
                : new AudioFormatException(got, expected, cure, cause);
    }

    /** The finished audio; what {@link Audio} refuses is refused in this file's name. */
    Audio audio(float[] samples, int sampleRate) {
        try {
            return new Audio(samples, sampleRate);
        } catch (AudioFormatException e) {
            throw fail(e.got(), e.expected(), e.cure(), e);
        }
    }
}
