package org.quantvoice.lm;

import java.util.Arrays;

/**
 * The context of an n-gram model: the last words that can still matter, newest first, with their back-off weights. Two
 * states are equal when no future score can tell them apart. Mutable, for one thread at a time; made to be reused.
 */
public final class LmState {
    private static final int MAX_CONTEXT = 5;

    final int[] words = new int[MAX_CONTEXT];
    final float[] backoff = new float[MAX_CONTEXT];
    int length;
    int matched;

    public void copyFrom(LmState other) {
        length = other.length;
        matched = other.matched;
        System.arraycopy(other.words, 0, words, 0, other.length);
        System.arraycopy(other.backoff, 0, backoff, 0, other.length);
    }

    /** How many words of context count. */
    public int length() {
        return length;
    }

    /**
     * Length of the n-gram that gave the last score, 1 to the order of the model; 0 before any word. Tells how much of the
     * context the model knew; not part of {@link #equals}.
     */
    public int matched() {
        return matched;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof LmState s && Arrays.equals(words, 0, length, s.words, 0, s.length);
    }

    @Override
    public int hashCode() {
        int h = length;
        for (int i = 0; i < length; i++) {
            h = h * 0x9E3779B1 + words[i];
        }
        return h;
    }
}
