package org.quantvoice.lm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The words of a model by id, as UTF-8 in one block. Words are added in the order of the ids; the block is immutable
 * once it is complete.
 */
final class Spellings {
    private byte[] bytes = new byte[256];
    private int[] ends = new int[16];
    private int used;
    private int size;

    void add(byte[] source, int from, int to) {
        int length = to - from;
        bytes = grown(bytes, Math.addExact(used, length));
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size + (size >> 1));
        }
        System.arraycopy(source, from, bytes, used, length);
        used += length;
        ends[size++] = used;
    }

    private static byte[] grown(byte[] array, int needed) {
        return needed <= array.length
                ? array
                : Arrays.copyOf(array, Math.max(needed, array.length + (array.length >> 1)));
    }

    int size() {
        return size;
    }

    String get(int id) {
        int from = id == 0 ? 0 : ends[id - 1];
        return new String(bytes, from, ends[id] - from, StandardCharsets.UTF_8);
    }

    long hash(int id) {
        return WordHash.of(bytes, id == 0 ? 0 : ends[id - 1], ends[id]);
    }
}
