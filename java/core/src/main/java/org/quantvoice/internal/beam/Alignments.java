package org.quantvoice.internal.beam;

import java.util.Arrays;

/**
 * Chains of emitted tokens: when a hypothesis gains a token on its best path, a link with the frame is added to its
 * chain. Hypotheses share the links of their common past. The end of a token is known, and stored, when the next
 * token begins.
 */
public final class Alignments {
    public static final int NONE = -1;
    private static final int FIRST_CAPACITY = 256;

    public int[] parent = new int[FIRST_CAPACITY];

    /** Token of each link, and the word of a lexicon that it completes, or {@link TokenLog#NO_LABEL}. */
    private int[] token = new int[FIRST_CAPACITY];

    private int[] label = new int[FIRST_CAPACITY];

    /** First frame of the token. */
    public int[] start = new int[FIRST_CAPACITY];

    /** One past the last frame of the token before. */
    public int[] parentEnd = new int[FIRST_CAPACITY];

    /** Score of the best path before the first frame of the token. */
    double[] entry = new double[FIRST_CAPACITY];

    /** Score of the best path at the end of the token before. */
    public double[] parentExit = new double[FIRST_CAPACITY];

    private int[] depth = new int[FIRST_CAPACITY];
    private int size;

    public int size() {
        return size;
    }

    public int capacity() {
        return parent.length;
    }

    private int add(
            int parentLink,
            int newToken,
            int newLabel,
            int frame,
            double entryScore,
            int endOfParent,
            double exitOfParent) {
        if (size == parent.length) {
            grow();
        }
        int link = size++;
        parent[link] = parentLink;
        token[link] = newToken;
        label[link] = newLabel;
        start[link] = frame;
        entry[link] = entryScore;
        parentEnd[link] = endOfParent;
        parentExit[link] = exitOfParent;
        depth[link] = parentLink == NONE ? 0 : depth[parentLink] + 1;
        return link;
    }

    /** Returns a new link for the token by which prefix {@code row} follows row {@code from} of a beam at a frame. */
    public int extend(Beam beam, int from, Prefixes prefixes, int row, int frame, double base) {
        boolean same = prefixes.token[beam.prefix[from]] == prefixes.token[row];
        boolean overBlank = same || beam.blankIsBest(from);
        double entryScore = (overBlank ? beam.bestBlank[from] : beam.bestToken[from]) + base;
        return add(
                overBlank ? beam.blankLink[from] : beam.tokenLink[from],
                prefixes.token[row],
                prefixes.label[row],
                frame,
                entryScore,
                overBlank ? beam.blankEnd[from] : frame,
                overBlank ? beam.blankExit[from] : entryScore);
    }

    private void grow() {
        int capacity = 2 * parent.length;
        parent = Arrays.copyOf(parent, capacity);
        token = Arrays.copyOf(token, capacity);
        label = Arrays.copyOf(label, capacity);
        start = Arrays.copyOf(start, capacity);
        parentEnd = Arrays.copyOf(parentEnd, capacity);
        entry = Arrays.copyOf(entry, capacity);
        parentExit = Arrays.copyOf(parentExit, capacity);
        depth = Arrays.copyOf(depth, capacity);
    }

    public int commonAncestor(int a, int b) {
        return Ancestry.common(parent, depth, a, b);
    }

    /** Returns whether a chain holds a link. */
    public boolean passes(int link, int wanted) {
        int at = link;
        while (at != NONE && depth[at] > depth[wanted]) {
            at = parent[at];
        }
        return at == wanted;
    }

    /** Appends the tokens of a chain to a log, oldest first; the last token ended at {@code end}. */
    public void write(int link, int end, double exit, TokenLog to) {
        int from = to.size();
        int lastEnd = end;
        double lastExit = exit;
        for (int at = link; at != NONE; at = parent[at]) {
            to.add(token[at], label[at], start[at], lastEnd, lastExit - entry[at]);
            lastEnd = parentEnd[at];
            lastExit = parentExit[at];
        }
        to.reverse(from);
    }

    /** Keeps the marked links and drops the rest; {@code marked[i]} becomes the new number of link i. */
    public void compact(int[] marked) {
        int kept = 0;
        for (int link = 0; link < size; link++) {
            if (marked[link] == NONE) {
                continue;
            }
            int up = parent[link];
            parent[kept] = up == NONE ? NONE : marked[up];
            token[kept] = token[link];
            label[kept] = label[link];
            start[kept] = start[link];
            parentEnd[kept] = parentEnd[link];
            entry[kept] = entry[link];
            parentExit[kept] = parentExit[link];
            depth[kept] = depth[link];
            marked[link] = kept++;
        }
        size = kept;
    }
}
