package org.quantvoice.lm;

import java.util.Arrays;
import java.util.Objects;

/**
 * The context of an n-gram model: the last words that can still matter, newest first, with their back-off weights. Two
 * states are equal when no future score can tell them apart. Mutable, for one thread at a time; made to be reused. A {@link
 * LanguageModel} of others writes it by {@link #set} and reads it by {@link #word}.
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

    /**
     * Makes this the context of some words.
     *
     * @param known length of the n-gram that gave the last score, as {@link #matched} tells it, 0 or more
     * @param newestFirst the words that can still matter for a score, 5 at most; fewer where the model knows nothing longer, so that
     *     states that cannot be told apart are equal
     * @throws IllegalArgumentException if there are more
     */
    public void set(int known, int... newestFirst) {
        if (newestFirst.length > MAX_CONTEXT || known < 0) {
            throw new IllegalArgumentException("got " + newestFirst.length + " words and n-grams of " + known
                    + "; expected at most " + MAX_CONTEXT + " words, and 0 or more");
        }
        length = newestFirst.length;
        matched = known;
        System.arraycopy(newestFirst, 0, words, 0, length);
        Arrays.fill(backoff, 0);
    }

    /**
     * A word of the context.
     *
     * @param back 0 for the newest, below {@link #length()}
     */
    public int word(int back) {
        return words[Objects.checkIndex(back, length)];
    }

    /** Returns the number of words of context. */
    public int length() {
        return length;
    }

    /**
     * Returns the length of the n-gram that gave the last score, 1 to the order of the model; 0 before any word. It
     * shows how much of the context the model knew, and is not part of {@link #equals}.
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
