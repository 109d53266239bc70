package org.quantvoice.lm;

/** Finds word ids by hash, in memory, with open addressing over a power of two of slots, at most two thirds full. */
final class HeapWordIndex implements WordIndex {
    private long[] hashes = new long[32];
    private int[] ids = new int[32];
    private int size = 1;

    /** Gives the next id to a new word; returns {@link LanguageModel#UNKNOWN} if the hash is there already. */
    int add(long hash) {
        if (find(hash) != LanguageModel.UNKNOWN) {
            return LanguageModel.UNKNOWN;
        }
        if (3L * size >= 2L * ids.length) {
            grow();
        }
        put(hash, size);
        return size++;
    }

    @Override
    public int find(long hash) {
        int mask = ids.length - 1;
        int slot = (int) hash & mask;
        while (ids[slot] != 0) {
            if (hashes[slot] == hash) {
                return ids[slot];
            }
            slot = slot + 1 & mask;
        }
        return LanguageModel.UNKNOWN;
    }

    @Override
    public int size() {
        return size;
    }

    private void put(long hash, int id) {
        int mask = ids.length - 1;
        int slot = (int) hash & mask;
        while (ids[slot] != 0) {
            slot = slot + 1 & mask;
        }
        hashes[slot] = hash;
        ids[slot] = id;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldIds = ids;
        hashes = new long[Math.multiplyExact(oldIds.length, 2)];
        ids = new int[hashes.length];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                put(oldHashes[i], oldIds[i]);
            }
        }
    }
}
