package org.quantvoice.lm;

import java.nio.ByteBuffer;

/**
 * A hash table in a mapped file: each bucket begins with a 64-bit key; the search for a key begins at bucket key mod
 * number of buckets and goes on to the next ones; key 0 marks a free bucket.
 */
final class ProbingTable {
    static final long NONE = -1;

    private final MappedFile file;
    private final long base;
    private final long end;
    private final long buckets;
    private final int entryBytes;
    /** The number floor(2^64 / buckets), which turns the division into a multiplication. */
    private final long reciprocal;

    private ProbingTable(MappedFile file, long base, long buckets, int entryBytes) {
        this.file = file;
        this.base = base;
        this.buckets = buckets;
        end = base + buckets * entryBytes;
        this.entryBytes = entryBytes;
        reciprocal = Long.divideUnsigned(-1L, buckets);
    }

    static ProbingTable read(FileRegion at, long entries, float multiplier, int entryBytes, String what) {
        // This is float arithmetic, as in the program that wrote the file.
        long buckets = Math.max(entries + 1, (long) (multiplier * (float) entries));
        if (buckets > at.file().size()) {
            throw at.file().error(at.position(), what + " of " + buckets + " buckets", "a table that fits in the file");
        }
        return new ProbingTable(at.file(), at.take(buckets * entryBytes, what), buckets, entryBytes);
    }

    /** Returns a copy of the table in memory. */
    ProbingTable copy() {
        return new ProbingTable(file.copy(base, end - base), 0, buckets, entryBytes);
    }

    MappedFile file() {
        return file;
    }

    /** Returns the byte offset of the first bucket. */
    long begin() {
        return base;
    }

    long end() {
        return end;
    }

    int entryBytes() {
        return entryBytes;
    }

    /** Returns the byte offset of the key's entry, or {@link #NONE}. */
    long find(long key) {
        long offset = base + bucket(key) * entryBytes;
        ByteBuffer map = file.mapOf(offset);
        int index = MappedFile.indexOf(offset);
        int last = (int) Math.min(end - offset + index - entryBytes, MappedFile.WHOLE);
        for (int i = index; i <= last; i += entryBytes) {
            long got = MappedFile.longAt(map, i);
            if (got == key) {
                return offset + (i - index);
            }
            if (got == 0) {
                return NONE;
            }
        }
        return findAround(key, bucket(key));
    }

    /**
     * Searches at the end of the table or of a map. A sound file has a free bucket; in a damaged one the search must
     * not be endless.
     */
    private long findAround(long key, long ideal) {
        long bucket = ideal;
        do {
            long offset = base + bucket * entryBytes;
            long got = file.longAt(offset);
            if (got == key) {
                return offset;
            }
            if (got == 0) {
                return NONE;
            }
            bucket = bucket + 1 == buckets ? 0 : bucket + 1;
        } while (bucket != ideal);
        return NONE;
    }

    /** Returns the remainder key mod buckets, unsigned: the quotient from the reciprocal is at most one too small. */
    private long bucket(long key) {
        long high = Math.multiplyHigh(key, reciprocal) + (key >> 63 & reciprocal) + (reciprocal >> 63 & key);
        long rest = key - high * buckets;
        return rest >= buckets ? rest - buckets : rest;
    }
}
