package org.quantvoice.internal.beam;

import java.util.Arrays;

/**
 * The hypotheses of a frame, one in each row of parallel arrays. Scores are natural logs.
 *
 * <p>{@code blank} and {@code token} are the log sums over the paths that end in a blank and in the last token;
 * {@code bestBlank} and {@code bestToken} the best single paths of both kinds with their chains of links.
 */
public class Beam {
    public int size;
    public int[] prefix;
    public double[] blank;
    public double[] token;
    public double[] sum;
    public double[] score;
    public double[] bestBlank;
    public double[] bestToken;

    /** Chain of the best path that ends in a blank, the end of the chain's last token, and the path's score there. */
    public int[] blankLink;

    public int[] blankEnd;
    public double[] blankExit;

    /** Chain of the best path that ends in the last token, which ends at this frame. */
    public int[] tokenLink;

    public Beam(int capacity) {
        prefix = new int[capacity];
        blank = new double[capacity];
        token = new double[capacity];
        sum = new double[capacity];
        score = new double[capacity];
        bestBlank = new double[capacity];
        bestToken = new double[capacity];
        blankLink = new int[capacity];
        blankEnd = new int[capacity];
        blankExit = new double[capacity];
        tokenLink = new int[capacity];
    }

    final int capacity() {
        return prefix.length;
    }

    public void reserve(int rows) {
        if (rows <= prefix.length) {
            return;
        }
        int capacity = Math.max(rows, 2 * prefix.length);
        prefix = Arrays.copyOf(prefix, capacity);
        blank = Arrays.copyOf(blank, capacity);
        token = Arrays.copyOf(token, capacity);
        sum = Arrays.copyOf(sum, capacity);
        score = Arrays.copyOf(score, capacity);
        bestBlank = Arrays.copyOf(bestBlank, capacity);
        bestToken = Arrays.copyOf(bestToken, capacity);
        blankLink = Arrays.copyOf(blankLink, capacity);
        blankEnd = Arrays.copyOf(blankEnd, capacity);
        blankExit = Arrays.copyOf(blankExit, capacity);
        tokenLink = Arrays.copyOf(tokenLink, capacity);
    }

    public void move(int from, int to) {
        prefix[to] = prefix[from];
        blank[to] = blank[from];
        token[to] = token[from];
        sum[to] = sum[from];
        score[to] = score[from];
        bestBlank[to] = bestBlank[from];
        bestToken[to] = bestToken[from];
        blankLink[to] = blankLink[from];
        blankEnd[to] = blankEnd[from];
        blankExit[to] = blankExit[from];
        tokenLink[to] = tokenLink[from];
    }

    /** Returns the chain of the best path of a row. */
    public int bestLink(int row) {
        return blankIsBest(row) ? blankLink[row] : tokenLink[row];
    }

    public boolean blankIsBest(int row) {
        return bestBlank[row] >= bestToken[row];
    }

    public double best(int row) {
        return Math.max(bestBlank[row], bestToken[row]);
    }
}
