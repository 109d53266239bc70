package org.quantvoice.lm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 64-bit hash by which KenLM files find a word: MurmurHash64A (Austin Appleby, public domain) with seed 0 over the
 * word's UTF-8 bytes.
 */
final class WordHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long M = 0xc6a4a7935bd1e995L;
    private static final int R = 47;

    private WordHash() {}

    static long of(byte[] bytes, int from, int to) {
        long h = (to - from) * M;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            h = (h ^ scramble((long) LONGS.get(bytes, i))) * M;
        }
        return finish(i < to ? (h ^ tail(bytes, i, to)) * M : h);
    }

    /** Computes the same hash without allocating an array, because the decoder looks up one word after the other. */
    static long of(CharSequence word) {
        int length = utf8Length(word);
        long h = length * M;
        long block = 0;
        int filled = 0;
        for (int i = 0; i < word.length(); i++) {
            int point = codePoint(word, i);
            i += point >= 0x10000 ? 1 : 0;
            for (int left = utf8Width(point) - 1, first = left; left >= 0; left--) {
                block |= utf8Byte(point, first, left) << (8 * filled);
                if (++filled == 8) {
                    h = (h ^ scramble(block)) * M;
                    block = 0;
                    filled = 0;
                }
            }
        }
        return finish(filled > 0 ? (h ^ block) * M : h);
    }

    private static long scramble(long block) {
        long k = block * M;
        return (k ^ (k >>> R)) * M;
    }

    private static long finish(long hash) {
        long h = (hash ^ (hash >>> R)) * M;
        return h ^ (h >>> R);
    }

    private static long tail(byte[] bytes, int from, int to) {
        long block = 0;
        for (int i = to - 1; i >= from; i--) {
            block = block << 8 | (bytes[i] & 0xff);
        }
        return block;
    }

    private static int utf8Length(CharSequence word) {
        int length = 0;
        for (int i = 0; i < word.length(); i++) {
            int point = codePoint(word, i);
            i += point >= 0x10000 ? 1 : 0;
            length += utf8Width(point);
        }
        return length;
    }

    /**
     * Returns the code point at an index; a lone surrogate counts as '?', as in {@link
     * String#getBytes(java.nio.charset.Charset)}.
     */
    private static int codePoint(CharSequence word, int i) {
        int point = Character.codePointAt(word, i);
        return point >= 0xD800 && point <= 0xDFFF ? '?' : point;
    }

    private static int utf8Width(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }

    private static long utf8Byte(int point, int continuations, int left) {
        if (continuations == 0) {
            return point;
        }
        if (left < continuations) {
            return 0x80 | (point >>> (6 * left) & 0x3f);
        }
        return 0xf0 << (3 - continuations) & 0xff | point >>> (6 * left);
    }
}
