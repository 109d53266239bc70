package org.quantvoice.internal.beam;

import java.util.Arrays;

/** A tree of sequences of symbols (characters or tokens): nodes are numbers, edges are in one hash table. */
public final class SymbolTree {
    public static final int ROOT = 0;

    /** Stands for the node of a sequence that is not in the tree. */
    public static final int OFF = -1;

    private long[] keys;
    private int[] children;
    private int nodes = 1;

    public SymbolTree(int expectedNodes) {
        int capacity = Integer.highestOneBit(Math.max(8, 2 * expectedNodes - 1)) * 2;
        keys = new long[capacity];
        children = new int[capacity];
        Arrays.fill(keys, -1);
    }

    public int size() {
        return nodes;
    }

    private static int hash(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32);
    }

    private static long key(int node, int symbol) {
        return ((long) node << 32) | symbol;
    }

    /** Returns the child of a node for a symbol, or {@link #OFF}. */
    public int child(int node, int symbol) {
        long key = key(node, symbol);
        int mask = keys.length - 1;
        for (int at = hash(key) & mask; ; at = (at + 1) & mask) {
            if (keys[at] == key) {
                return children[at];
            }
            if (keys[at] == -1) {
                return OFF;
            }
        }
    }

    /** Returns the child of a node for a symbol, which is added if there is none. */
    public int childOrNew(int node, int symbol) {
        int found = child(node, symbol);
        if (found != OFF) {
            return found;
        }
        if (2 * nodes >= keys.length) {
            grow();
        }
        insert(key(node, symbol), nodes);
        return nodes++;
    }

    private void insert(long key, int child) {
        int mask = keys.length - 1;
        int at = hash(key) & mask;
        while (keys[at] != -1) {
            at = (at + 1) & mask;
        }
        keys[at] = key;
        children[at] = child;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldChildren = children;
        keys = new long[2 * oldKeys.length];
        children = new int[keys.length];
        Arrays.fill(keys, -1);
        for (int at = 0; at < oldKeys.length; at++) {
            if (oldKeys[at] != -1) {
                insert(oldKeys[at], oldChildren[at]);
            }
        }
    }

    /** Returns the node of a text, which is added if there is none. */
    public int add(CharSequence text) {
        int node = ROOT;
        for (int i = 0; i < text.length(); i++) {
            node = childOrNew(node, text.charAt(i));
        }
        return node;
    }

    /** Returns the node that a text leads to from another, or {@link #OFF}. */
    public int walk(int from, CharSequence text) {
        int node = from;
        for (int i = 0; node != OFF && i < text.length(); i++) {
            node = child(node, text.charAt(i));
        }
        return node;
    }
}
