package org.quantvoice.internal.beam;

import java.util.Arrays;

/** A growing list of emitted tokens with their frames: the fields are parallel arrays. */
public final class TokenLog {
    public static final int NO_LABEL = -1;

    private int[] token = new int[16];
    private int[] label = new int[16];
    private int[] start = new int[16];
    private int[] end = new int[16];
    private double[] logProb = new double[16];
    private int size;

    public int size() {
        return size;
    }

    public int token(int i) {
        return token[i];
    }

    /** Returns the word of a lexicon that this token completes, or {@link #NO_LABEL}. */
    public int label(int i) {
        return label[i];
    }

    public int start(int i) {
        return start[i];
    }

    public int end(int i) {
        return end[i];
    }

    public double logProb(int i) {
        return logProb[i];
    }

    public void add(int newToken, int newLabel, int startFrame, int endFrame, double newLogProb) {
        if (size == token.length) {
            grow();
        }
        token[size] = newToken;
        label[size] = newLabel;
        start[size] = startFrame;
        end[size] = endFrame;
        logProb[size++] = newLogProb;
    }

    /** Sets the word that the last token completes. */
    public void labelLast(int newLabel) {
        label[size - 1] = newLabel;
    }

    private void grow() {
        int capacity = 2 * size;
        token = Arrays.copyOf(token, capacity);
        label = Arrays.copyOf(label, capacity);
        start = Arrays.copyOf(start, capacity);
        end = Arrays.copyOf(end, capacity);
        logProb = Arrays.copyOf(logProb, capacity);
    }

    public void addAll(TokenLog other) {
        for (int i = 0; i < other.size; i++) {
            add(other.token[i], other.label[i], other.start[i], other.end[i], other.logProb[i]);
        }
    }

    /** Reverses the order of the entries from {@code from} on, because chains are walked from their ends. */
    public void reverse(int from) {
        for (int i = from, j = size - 1; i < j; i++, j--) {
            swap(token, i, j);
            swap(label, i, j);
            swap(start, i, j);
            swap(end, i, j);
            double p = logProb[i];
            logProb[i] = logProb[j];
            logProb[j] = p;
        }
    }

    private static void swap(int[] a, int i, int j) {
        int x = a[i];
        a[i] = a[j];
        a[j] = x;
    }

    /** Removes the first entries. */
    public void removeFirst(int count) {
        int rest = size - count;
        System.arraycopy(token, count, token, 0, rest);
        System.arraycopy(label, count, label, 0, rest);
        System.arraycopy(start, count, start, 0, rest);
        System.arraycopy(end, count, end, 0, rest);
        System.arraycopy(logProb, count, logProb, 0, rest);
        size = rest;
    }

    public int capacity() {
        return token.length;
    }
}
