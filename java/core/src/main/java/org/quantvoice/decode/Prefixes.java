package org.quantvoice.decode;

import java.util.Arrays;

/**
 * The tree of all prefixes that are, or led to, hypotheses: one row of parallel arrays a prefix, found again by a hash of
 * its identity. Row 0 is the empty prefix until a collection moves it.
 */
final class Prefixes {
    static final int NONE = -1;
    private static final int FIRST_CAPACITY = 128;

    int[] parent = new int[FIRST_CAPACITY];
    int[] token = new int[FIRST_CAPACITY];

    /** Word of the lexicon that the last token completes, or {@link TokenLog#NO_LABEL}. */
    int[] label = new int[FIRST_CAPACITY];

    int[] depth = new int[FIRST_CAPACITY];

    /** Hash of what makes two prefixes the same hypothesis. */
    long[] identity = new long[FIRST_CAPACITY];

    /** Place in the beam, or {@link #NONE}. */
    int[] slot = new int[FIRST_CAPACITY];

    /** Language model score of the finished words, weighted, with their bonuses. */
    double[] language = new double[FIRST_CAPACITY];

    /** Weights of the hotwords found. */
    double[] hotwords = new double[FIRST_CAPACITY];

    /** What the unfinished word adds to the ranking score. */
    double[] pending = new double[FIRST_CAPACITY];

    /** Node of the tree of known words, or of the lexicon. */
    int[] spelling = new int[FIRST_CAPACITY];

    int[] hotState = new int[FIRST_CAPACITY];
    int[] lmState = new int[FIRST_CAPACITY];

    /** Code points of the unfinished word; 0 at a word boundary. */
    int[] wordLength = new int[FIRST_CAPACITY];

    /** Hash of the text, or of the words of a lexicon, if hypotheses are told apart by that. */
    long[] textHash = new long[FIRST_CAPACITY];

    private int[] table = new int[4 * FIRST_CAPACITY];
    private int size;

    Prefixes() {
        Arrays.fill(table, NONE);
    }

    int size() {
        return size;
    }

    /** Bytes are proportional to this. */
    int capacity() {
        return parent.length;
    }

    static long childIdentity(int parent, int token, int label) {
        return mix(mix(parent * 0x9E3779B97F4A7C15L + token) + label);
    }

    static long mix(long x) {
        long h = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
        return h ^ (h >>> 29);
    }

    /** The prefix {@code parent + token} with this label, or {@link #NONE}. */
    int child(int parentRow, int newToken, int newLabel) {
        long id = childIdentity(parentRow, newToken, newLabel);
        int mask = table.length - 1;
        for (int at = (int) id & mask; ; at = (at + 1) & mask) {
            int row = table[at];
            if (row == NONE) {
                return NONE;
            }
            if (parent[row] == parentRow && token[row] == newToken && label[row] == newLabel) {
                return row;
            }
        }
    }

    /** The first row in the probe sequence of an identity, at or after {@code at}; walk on with {@link #probe}. */
    int home(long id) {
        return (int) id & (table.length - 1);
    }

    int next(int at) {
        return (at + 1) & (table.length - 1);
    }

    int probe(int at) {
        return table[at];
    }

    int add(int parentRow, int newToken, int newLabel, long id) {
        if (size == parent.length) {
            grow();
        }
        int row = size++;
        parent[row] = parentRow;
        token[row] = newToken;
        label[row] = newLabel;
        depth[row] = parentRow == NONE ? 0 : depth[parentRow] + 1;
        identity[row] = id;
        slot[row] = NONE;
        enter(row);
        return row;
    }

    private void enter(int row) {
        int at = home(identity[row]);
        while (table[at] != NONE) {
            at = next(at);
        }
        table[at] = row;
    }

    private void grow() {
        int capacity = 2 * parent.length;
        parent = Arrays.copyOf(parent, capacity);
        token = Arrays.copyOf(token, capacity);
        label = Arrays.copyOf(label, capacity);
        depth = Arrays.copyOf(depth, capacity);
        identity = Arrays.copyOf(identity, capacity);
        slot = Arrays.copyOf(slot, capacity);
        language = Arrays.copyOf(language, capacity);
        hotwords = Arrays.copyOf(hotwords, capacity);
        pending = Arrays.copyOf(pending, capacity);
        spelling = Arrays.copyOf(spelling, capacity);
        hotState = Arrays.copyOf(hotState, capacity);
        lmState = Arrays.copyOf(lmState, capacity);
        wordLength = Arrays.copyOf(wordLength, capacity);
        textHash = Arrays.copyOf(textHash, capacity);
        table = new int[4 * capacity];
        rehash();
    }

    private void rehash() {
        Arrays.fill(table, NONE);
        for (int row = 0; row < size; row++) {
            enter(row);
        }
    }

    /** The deepest common ancestor of two rows, {@link #NONE} if they share none. */
    int commonAncestor(int a, int b) {
        int x = a;
        int y = b;
        while (x != y) {
            if (x == NONE || y == NONE) {
                return NONE;
            }
            if (depth[x] >= depth[y]) {
                x = parent[x];
            } else {
                y = parent[y];
            }
        }
        return x;
    }

    /**
     * Orders prefixes by content: by the token (then the label) at the first place where they differ, the shorter first.
     * Each prefix is given as a row and a token that follows it.
     */
    int compare(int rowA, int tokenA, int labelA, int rowB, int tokenB, int labelB) {
        int x = rowA;
        int y = rowB;
        int tokenX = tokenA;
        int tokenY = tokenB;
        int labelX = labelA;
        int labelY = labelB;
        int depthX = depthOf(x);
        int depthY = depthOf(y);
        int longer = Integer.compare(depthX, depthY);
        while (true) {
            if (depthX == depthY && x == y) {
                int byToken = Integer.compare(tokenX, tokenY);
                int byLabel = Integer.compare(labelX, labelY);
                return byToken != 0 ? byToken : byLabel != 0 ? byLabel : longer;
            }
            boolean upX = depthX >= depthY;
            if (depthY >= depthX) {
                tokenY = token[y];
                labelY = label[y];
                y = parent[y];
                depthY--;
            }
            if (upX) {
                tokenX = token[x];
                labelX = label[x];
                x = parent[x];
                depthX--;
            }
        }
    }

    /** The same for two prefixes that have rows. */
    int compare(int rowA, int rowB) {
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
     * @param marked which rows stay; becomes the new row of each old one
     * @param identityOfRows true if identities are made of row numbers, which change
     */
    void compact(int[] marked, boolean identityOfRows) {
        int kept = 0;
        for (int row = 0; row < size; row++) {
            if (marked[row] == NONE) {
                continue;
            }
            int up = parent[row];
            move(row, kept);
            parent[kept] = up == NONE ? NONE : marked[up];
            if (identityOfRows) {
                identity[kept] = childIdentity(parent[kept], token[kept], label[kept]);
            }
            marked[row] = kept++;
        }
        size = kept;
        rehash();
    }

    private void move(int from, int to) {
        token[to] = token[from];
        label[to] = label[from];
        depth[to] = depth[from];
        identity[to] = identity[from];
        slot[to] = slot[from];
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
