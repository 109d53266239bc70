package org.quantvoice.internal.beam;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmState;

/**
 * The contexts of a language model in one stream, as numbers: equal contexts have one number, and the score and next
 * context of a context and a word are cached.
 */
public final class LmContexts {
    private static final int NONE = -1;
    private static final int MOST_ANSWERS = 1 << 16;

    private final LanguageModel model;
    private final LmState scratch = new LmState();
    private LmState[] states = new LmState[64];
    private int size;
    private int[] stateTable = new int[256];

    private long[] askedKeys = new long[1024];
    private float[] askedScores = new float[1024];
    private int[] askedNext = new int[1024];
    private int asked;

    /** Context after the word that was scored last. */
    public int next;

    public LmContexts(LanguageModel model) {
        this.model = model;
        Arrays.fill(stateTable, NONE);
        Arrays.fill(askedKeys, NONE);
    }

    public int size() {
        return size;
    }

    public int begin(boolean sentence, @Nullable LmState carried) {
        if (carried != null) {
            scratch.copyFrom(carried);
        } else if (sentence) {
            model.beginState(scratch);
        } else {
            model.emptyState(scratch);
        }
        return intern();
    }

    public LmState state(int context) {
        return states[context];
    }

    /** Returns the logarithm log10 p(word | context); {@link #next} becomes the context after the word. */
    public float score(int context, int word) {
        long key = ((long) context << 32) | word;
        int mask = askedKeys.length - 1;
        int at = slotOf(key, mask);
        while (askedKeys[at] != NONE) {
            if (askedKeys[at] == key) {
                next = askedNext[at];
                return askedScores[at];
            }
            at = (at + 1) & mask;
        }
        float score = model.score(states[context], word, scratch);
        next = intern();
        remember(key, score, next);
        return score;
    }

    private static int slotOf(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }

    private void remember(long key, float score, int after) {
        if (2 * asked >= askedKeys.length) {
            makeRoom();
        }
        enter(key, score, after);
        asked++;
    }

    private void enter(long key, float score, int after) {
        int mask = askedKeys.length - 1;
        int at = slotOf(key, mask);
        while (askedKeys[at] != NONE) {
            at = (at + 1) & mask;
        }
        askedKeys[at] = key;
        askedScores[at] = score;
        askedNext[at] = after;
    }

    /** Doubles the cache of scores, or empties it when it is large. */
    private void makeRoom() {
        if (askedKeys.length >= MOST_ANSWERS) {
            Arrays.fill(askedKeys, NONE);
            asked = 0;
            return;
        }
        long[] keys = askedKeys;
        float[] scores = askedScores;
        int[] after = askedNext;
        askedKeys = new long[2 * keys.length];
        askedScores = new float[askedKeys.length];
        askedNext = new int[askedKeys.length];
        Arrays.fill(askedKeys, NONE);
        for (int at = 0; at < keys.length; at++) {
            if (keys[at] != NONE) {
                enter(keys[at], scores[at], after[at]);
            }
        }
    }

    /** Returns the number of the state in {@link #scratch}, a new one if the state is new. */
    private int intern() {
        int mask = stateTable.length - 1;
        int at = home(scratch, mask);
        while (stateTable[at] != NONE) {
            if (states[stateTable[at]].equals(scratch)) {
                return stateTable[at];
            }
            at = (at + 1) & mask;
        }
        if (size == states.length) {
            states = Arrays.copyOf(states, 2 * size);
            stateTable = new int[4 * states.length];
            rehash();
            return intern();
        }
        if (states[size] == null) {
            states[size] = new LmState();
        }
        states[size].copyFrom(scratch);
        stateTable[at] = size;
        return size++;
    }

    private static int home(LmState state, int mask) {
        int h = state.hashCode() * 0x9E3779B1;
        return (h ^ (h >>> 15)) & mask;
    }

    private void rehash() {
        Arrays.fill(stateTable, NONE);
        int mask = stateTable.length - 1;
        for (int s = 0; s < size; s++) {
            int at = home(states[s], mask);
            while (stateTable[at] != NONE) {
                at = (at + 1) & mask;
            }
            stateTable[at] = s;
        }
    }

    /** Keeps only the contexts that prefixes refer to, and renumbers those. */
    public void collect(Prefixes prefixes) {
        int[] renumbered = new int[size];
        Arrays.fill(renumbered, NONE);
        for (int row = 0; row < prefixes.size(); row++) {
            renumbered[prefixes.lmState[row]] = 0;
        }
        int kept = 0;
        for (int s = 0; s < size; s++) {
            if (renumbered[s] != NONE) {
                LmState moved = states[kept];
                states[kept] = states[s];
                states[s] = moved;
                renumbered[s] = kept++;
            }
        }
        size = kept;
        for (int row = 0; row < prefixes.size(); row++) {
            prefixes.lmState[row] = renumbered[prefixes.lmState[row]];
        }
        rehash();
        Arrays.fill(askedKeys, NONE);
        asked = 0;
    }
}
