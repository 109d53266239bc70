package org.quantvoice.lm;

import org.quantvoice.error.ModelFormatException;

/**
 * The n-grams of one order by their 64-bit key: linear probing over a power of two of slots, key and weights side by
 * side so that a query touches one cache line. Different n-grams are assumed to have different keys (a collision
 * among a billion n-grams has a chance of 3 %; the builder refuses a key that occurs twice). The key 0 marks a free
 * slot.
 */
final class NgramTable {
    private static final int MAX_SLOTS = 1 << 29;
    static final int NONE = -1;

    private long[] slots;
    /** Shift that leaves the high bits of a key, which choose its slot because they depend on all of the words. */
    private int shift;

    private int size;

    /** @param expected expected number of n-grams; the table grows if there are more */
    NgramTable(long expected) {
        long wanted = Math.min(Math.max(16, expected + (expected >> 1)), MAX_SLOTS);
        slots = new long[2 * (Integer.highestOneBit((int) wanted - 1) << 1)];
        shift = Long.numberOfLeadingZeros(slots.length >> 1) + 1;
    }

    /** Returns the slot of the key or {@link #NONE}. */
    int find(long key) {
        long[] table = slots;
        int mask = (table.length >> 1) - 1;
        int slot = (int) (key >>> shift);
        while (true) {
            long got = table[2 * slot];
            if (got == key) {
                return slot;
            }
            if (got == 0) {
                return NONE;
            }
            slot = slot + 1 & mask;
        }
    }

    long weights(int slot) {
        return slots[2 * slot + 1];
    }

    /** Adds an n-gram; returns false if the key is there already. */
    boolean add(long key, long weights) {
        if (3L * (size + 1) > slots.length) {
            grow();
        }
        if (find(key) != NONE) {
            return false;
        }
        put(key, weights);
        size++;
        return true;
    }

    void markGoesOnLeft(int slot) {
        slots[2 * slot + 1] &= ~(1L << 63);
    }

    void markGoesOnRight(int slot) {
        long weights = slots[2 * slot + 1];
        if (!Weights.goesOnRight(Float.intBitsToFloat((int) weights))) {
            slots[2 * slot + 1] = weights & ~0xffffffffL;
        }
    }

    int size() {
        return size;
    }

    private void put(long key, long weights) {
        int mask = (slots.length >> 1) - 1;
        int slot = (int) (key >>> shift);
        while (slots[2 * slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[2 * slot] = key;
        slots[2 * slot + 1] = weights;
    }

    private void grow() {
        if (slots.length >= 2 * MAX_SLOTS) {
            throw new ModelFormatException(
                    "more than " + size + " n-grams of one order",
                    "a model whose tables fit in memory",
                    "build a KenLM binary file, which is mapped instead");
        }
        long[] old = slots;
        slots = new long[2 * old.length];
        shift--;
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0) {
                put(old[i], old[i + 1]);
            }
        }
    }
}
