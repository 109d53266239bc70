package org.quantvoice.internal.beam;

import java.util.Arrays;

/** A beam that is being built: first the prefixes of the last frame, in their old places, then new ones. */
public final class Candidates extends Beam {
    /**
     * Row of the last beam from which the best path to this token comes, or -1 if the path was in this row already.
     */
    public int[] source;

    /**
     * Token and label that a new prefix adds to the prefix of {@link #source}, and the index of the scorer's way that
     * adds them.
     */
    public int[] opened;

    public int[] openedLabel;
    public int[] way;

    /** Rows that survive pruning. */
    public int[] kept;

    public int keptCount;

    public Candidates(int capacity) {
        super(capacity);
        source = new int[capacity];
        opened = new int[capacity];
        openedLabel = new int[capacity];
        way = new int[capacity];
        kept = new int[capacity];
    }

    @Override
    public void reserve(int rows) {
        if (rows <= capacity()) {
            return;
        }
        super.reserve(rows);
        int capacity = capacity();
        source = Arrays.copyOf(source, capacity);
        opened = Arrays.copyOf(opened, capacity);
        openedLabel = Arrays.copyOf(openedLabel, capacity);
        way = Arrays.copyOf(way, capacity);
        kept = Arrays.copyOf(kept, capacity);
    }

    /** Appends a new prefix; all its paths end in {@code newToken}, so that the fields for blanks are not set. */
    public int add(int from, int newToken, int newLabel, int newWay, double logProb, double bestPath, double total) {
        if (size == capacity()) {
            reserve(size + 1);
        }
        int row = size++;
        prefix[row] = Prefixes.NONE;
        source[row] = from;
        opened[row] = newToken;
        openedLabel[row] = newLabel;
        way[row] = newWay;
        token[row] = logProb;
        score[row] = total;
        bestToken[row] = bestPath;
        return row;
    }
}
