package org.quantvoice.internal.beam;

import java.util.Arrays;

/** The ways in which a token can follow a prefix, filled by a {@link PrefixScorer}; usually there is one. */
public final class Extension {
    public int ways;

    /** Set at the end of a stream: false if a prefix is unfinished. */
    public boolean complete;

    public int[] label = new int[2];
    public double[] language = new double[2];
    public double[] hotwords = new double[2];
    public double[] pending = new double[2];
    public int[] spelling = new int[2];
    public int[] hotState = new int[2];
    public int[] lmState = new int[2];
    public int[] wordLength = new int[2];
    public long[] textHash = new long[2];

    /** Adds a way with the scores of the prefix itself; the scorer then changes those that differ. */
    public int add(Prefixes prefixes, int row) {
        if (ways == label.length) {
            grow();
        }
        int way = ways++;
        label[way] = TokenLog.NO_LABEL;
        language[way] = prefixes.language[row];
        hotwords[way] = prefixes.hotwords[row];
        pending[way] = 0;
        spelling[way] = prefixes.spelling[row];
        hotState[way] = prefixes.hotState[row];
        lmState[way] = prefixes.lmState[row];
        wordLength[way] = prefixes.wordLength[row];
        textHash[way] = prefixes.textHash[row];
        return way;
    }

    private void grow() {
        int capacity = 2 * ways;
        label = Arrays.copyOf(label, capacity);
        language = Arrays.copyOf(language, capacity);
        hotwords = Arrays.copyOf(hotwords, capacity);
        pending = Arrays.copyOf(pending, capacity);
        spelling = Arrays.copyOf(spelling, capacity);
        hotState = Arrays.copyOf(hotState, capacity);
        lmState = Arrays.copyOf(lmState, capacity);
        wordLength = Arrays.copyOf(wordLength, capacity);
        textHash = Arrays.copyOf(textHash, capacity);
    }

    public double total(int way) {
        return language[way] + hotwords[way] + pending[way];
    }

    public void copyTo(Prefixes prefixes, int row, int way) {
        prefixes.language[row] = language[way];
        prefixes.hotwords[row] = hotwords[way];
        prefixes.pending[row] = pending[way];
        prefixes.spelling[row] = spelling[way];
        prefixes.hotState[row] = hotState[way];
        prefixes.lmState[row] = lmState[way];
        prefixes.wordLength[row] = wordLength[way];
        prefixes.textHash[row] = textHash[way];
    }
}
