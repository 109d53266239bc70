package org.quantvoice.internal.beam;

import java.util.Arrays;

/**
 * The tree of all prefixes that are hypotheses or lead to them; each prefix is a row of parallel arrays. Row 0 is the
 * empty prefix until a collection moves it. A child is found in the list of its siblings, or, if prefixes of
 * different tokens can be one hypothesis, by a hash of its content.
 */
public final class Prefixes {
    public static final int NONE = -1;
    private static final int FIRST_CAPACITY = 256;

    public int[] parent = new int[FIRST_CAPACITY];
    public int[] token = new int[FIRST_CAPACITY];

    /** Word of the lexicon that the last token completes, or {@link TokenLog#NO_LABEL}. */
    public int[] label = new int[FIRST_CAPACITY];

    public int[] depth = new int[FIRST_CAPACITY];

    /** Row in the beam, or {@link #NONE}. */
    public int[] slot = new int[FIRST_CAPACITY];

    private int[] firstChild = new int[FIRST_CAPACITY];
    private int[] sibling = new int[FIRST_CAPACITY];

    /** Weighted language model score of the finished words, with their bonuses. */
    public double[] language;

    /** Sum of the weights of the hotwords that were found. */
    public double[] hotwords;

    /** Score that the unfinished word adds to the ranking. */
    double[] pending;

    /** Node of the tree of known words, or of the lexicon. */
    public int[] spelling;

    int[] hotState;
    public int[] lmState;

    /** Number of code points of the unfinished word; 0 at a word boundary. */
    public int[] wordLength;

    /** Hash of the text, or of the words of a lexicon, if hypotheses are compared by that. */
    long[] textHash;

    /** Hash of the content by which two prefixes are the same hypothesis. */
    public long[] identity;

    private int[] table;
    private int size;
    private final boolean scored;
    private final boolean byContent;

    /**
     * @param scored false if no scorer needs attributes, which are then not stored
     * @param byContent true if prefixes are looked up by {@link #probe}, not by {@link #child}
     */
    public Prefixes(boolean scored, boolean byContent) {
        this.scored = scored;
        this.byContent = byContent;
        int attributes = scored ? FIRST_CAPACITY : 0;
        language = new double[attributes];
        hotwords = new double[attributes];
        pending = new double[attributes];
        spelling = new int[attributes];
        hotState = new int[attributes];
        lmState = new int[attributes];
        wordLength = new int[attributes];
        textHash = new long[attributes];
        identity = new long[byContent ? FIRST_CAPACITY : 0];
        table = new int[byContent ? 4 * FIRST_CAPACITY : 0];
        Arrays.fill(table, NONE);
    }

    public int size() {
        return size;
    }

    /** Returns the number of rows that there is memory for. */
    public int capacity() {
        return parent.length;
    }

    /** Returns the score that a prefix adds to the acoustic score in the ranking. */
    public double worth(int row) {
        return language[row] + hotwords[row] + pending[row];
    }

    public static long mix(long x) {
        long h = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
        return h ^ (h >>> 29);
    }

    /** Returns the prefix {@code parent + token} with this label, or {@link #NONE}. */
    public int child(int parentRow, int newToken, int newLabel) {
        int row = firstChild[parentRow];
        while (row != NONE && (token[row] != newToken || label[row] != newLabel)) {
            row = sibling[row];
        }
        return row;
    }

    /** Returns the first place in the table to look for an identity. */
    public int home(long id) {
        return (int) id & (table.length - 1);
    }

    public int next(int at) {
        return (at + 1) & (table.length - 1);
    }

    /** Returns the row at a place of the table, or {@link #NONE} if the search ends there. */
    public int probe(int at) {
        return table[at];
    }

    /**
     * Adds a prefix and returns its row; {@code id} is its identity, which counts only if prefixes are looked up by
     * content.
     */
    public int add(int parentRow, int newToken, int newLabel, long id) {
        if (size == parent.length) {
            grow();
        }
        int row = size++;
        parent[row] = parentRow;
        token[row] = newToken;
        label[row] = newLabel;
        depth[row] = parentRow == NONE ? 0 : depth[parentRow] + 1;
        slot[row] = NONE;
        if (byContent) {
            identity[row] = id;
        }
        enter(row);
        return row;
    }

    /** Adds a row to the data by which it is found. */
    private void enter(int row) {
        firstChild[row] = NONE;
        sibling[row] = NONE;
        if (byContent) {
            int at = home(identity[row]);
            while (table[at] != NONE) {
                at = next(at);
            }
            table[at] = row;
        } else if (parent[row] != NONE) {
            sibling[row] = firstChild[parent[row]];
            firstChild[parent[row]] = row;
        }
    }

    private void grow() {
        int capacity = 2 * parent.length;
        parent = Arrays.copyOf(parent, capacity);
        token = Arrays.copyOf(token, capacity);
        label = Arrays.copyOf(label, capacity);
        depth = Arrays.copyOf(depth, capacity);
        slot = Arrays.copyOf(slot, capacity);
        firstChild = Arrays.copyOf(firstChild, capacity);
        sibling = Arrays.copyOf(sibling, capacity);
        if (scored) {
            growAttributes(capacity);
        }
        if (byContent) {
            identity = Arrays.copyOf(identity, capacity);
            table = new int[4 * capacity];
            enterAll();
        }
    }

    private void growAttributes(int capacity) {
        language = Arrays.copyOf(language, capacity);
        hotwords = Arrays.copyOf(hotwords, capacity);
        pending = Arrays.copyOf(pending, capacity);
        spelling = Arrays.copyOf(spelling, capacity);
        hotState = Arrays.copyOf(hotState, capacity);
        lmState = Arrays.copyOf(lmState, capacity);
        wordLength = Arrays.copyOf(wordLength, capacity);
        textHash = Arrays.copyOf(textHash, capacity);
    }

    private void enterAll() {
        Arrays.fill(table, NONE);
        for (int row = 0; row < size; row++) {
            enter(row);
        }
    }

    /** Returns the deepest common ancestor of two rows; {@link #NONE} if they have none. */
    public int commonAncestor(int a, int b) {
        return Ancestry.common(parent, depth, a, b);
    }

    /**
     * Orders prefixes by content: by the token (then the label) at the first place where they differ, the shorter
     * prefix first. Each prefix is given as a row and a token that follows it.
     */
    public int compare(int rowA, int tokenA, int labelA, int rowB, int tokenB, int labelB) {
        int x = rowA;
        int y = rowB;
        int tokenX = tokenA;
        int tokenY = tokenB;
        int labelX = labelA;
        int labelY = labelB;
        int longer = Integer.compare(depthOf(x), depthOf(y));
        while (x != y) {
            // The root may be deep, because the common part of all prefixes was cut off above it: no depth shows
            // where a chain ends.
            boolean upX = depthOf(x) >= depthOf(y);
            if (depthOf(y) >= depthOf(x)) {
                tokenY = token[y];
                labelY = label[y];
                y = parent[y];
            }
            if (upX) {
                tokenX = token[x];
                labelX = label[x];
                x = parent[x];
            }
        }
        int byToken = Integer.compare(tokenX, tokenY);
        int byLabel = Integer.compare(labelX, labelY);
        return byToken != 0 ? byToken : byLabel != 0 ? byLabel : longer;
    }

    /** Orders two prefixes that have rows, as above. */
    public int compare(int rowA, int rowB) {
        return rowA == rowB
                ? 0
                : compare(parent[rowA], token[rowA], label[rowA], parent[rowB], token[rowB], label[rowB]);
    }

    private int depthOf(int row) {
        return row == NONE ? -1 : depth[row];
    }

    /**
     * Keeps the marked rows, in their order, and drops the rest.
     *
     * @param marked marks rows that stay; {@code marked[i]} becomes the new number of row i
     */
    public void compact(int[] marked) {
        int kept = 0;
        for (int row = 0; row < size; row++) {
            if (marked[row] == NONE) {
                continue;
            }
            int up = parent[row];
            parent[kept] = up == NONE ? NONE : marked[up];
            token[kept] = token[row];
            label[kept] = label[row];
            depth[kept] = depth[row];
            slot[kept] = slot[row];
            if (scored) {
                moveAttributes(row, kept);
            }
            if (byContent) {
                identity[kept] = identity[row];
            }
            marked[row] = kept++;
        }
        size = kept;
        enterAll();
    }

    private void moveAttributes(int from, int to) {
        language[to] = language[from];
        hotwords[to] = hotwords[from];
        pending[to] = pending[from];
        spelling[to] = spelling[from];
        hotState[to] = hotState[from];
        lmState[to] = lmState[from];
        wordLength[to] = wordLength[from];
        textHash[to] = textHash[from];
    }
}
