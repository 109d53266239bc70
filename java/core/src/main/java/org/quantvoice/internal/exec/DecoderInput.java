package org.quantvoice.internal.exec;

import java.util.List;

/**
 * Hypotheses as the attention decoder takes them: each begins with sos, and all are padded to one length, rounded up
 * so that few programs suffice. The decoder masks the padding.
 *
 * @param tokens {@code [hypotheses, length]}
 * @param lengths of the hypotheses, sos included
 */
@SuppressWarnings("ArrayRecordComponent")
public record DecoderInput(int count, int length, float[] tokens, float[] lengths) {
    private static final int LENGTH_STEP = 8;
    private static final int KEY_BITS = 21;
    private static final long KEY_MASK = (1L << KEY_BITS) - 1;

    static DecoderInput of(List<int[]> hypotheses, int sos) {
        int count = hypotheses.size();
        int longest = hypotheses.stream().mapToInt(h -> h.length).max().orElse(0) + 1;
        int length = (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
        float[] tokens = new float[count * length];
        float[] lengths = new float[count];
        for (int i = 0; i < count; i++) {
            int[] hypothesis = hypotheses.get(i);
            tokens[i * length] = sos;
            for (int j = 0; j < hypothesis.length; j++) {
                tokens[i * length + 1 + j] = hypothesis[j];
            }
            lengths[i] = hypothesis.length + 1f;
        }
        return new DecoderInput(count, length, tokens, lengths);
    }

    /** Returns the key of the program for these hypotheses and a number of encoder frames. */
    long key(int frames) {
        return ((long) count << KEY_BITS | length) << KEY_BITS | frames;
    }

    /** Returns the shapes of a program's inputs by its key: tokens, lengths, encoder frames of a width. */
    static List<long[]> shapes(long key, int width) {
        long count = key >> 2 * KEY_BITS;
        return List.of(
                new long[] {count, key >> KEY_BITS & KEY_MASK}, new long[] {count}, new long[] {1, key & KEY_MASK, width
                });
    }
}
