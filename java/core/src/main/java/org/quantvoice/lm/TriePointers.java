package org.quantvoice.lm;

import org.jspecify.annotations.Nullable;

/**
 * Pointers from the entries of one order of the trie to the next order. They are whole in the entries, or their low
 * bits are in the entries and their high bits in a sorted array (B. Raj and E. Whittaker, "Lossless compression of
 * language model structure and word identifiers", 2003): where element h of the array is the first entry whose
 * pointer has high bits of at least h.
 */
final class TriePointers {
    private static final int HEAD = 8;

    /** Number of bits of a pointer in the entry. */
    final int bits;

    private final long mask;
    private final @Nullable MappedFile file;
    private final long array;
    private final int length;

    private TriePointers(int bits, @Nullable MappedFile file, long array, int length) {
        this.bits = bits;
        this.file = file;
        this.array = array;
        this.length = length;
        mask = (1L << bits) - 1;
    }

    static TriePointers whole(long largest) {
        return new TriePointers(requiredBits(largest), null, 0, 0);
    }

    /**
     * Reads split pointers. of pointers
     *
     * @param largest the largest pointer
     * @param configured largest number of high bits that the writer was allowed to cut off
     */
    static TriePointers split(FileRegion at, long entries, long largest, int configured) {
        int required = requiredBits(largest);
        int cut = cutBits(entries, largest, required, Math.min(required, configured));
        long length = (largest >>> required - cut) + 1;
        if (length > Integer.MAX_VALUE) {
            throw at.file().error(at.position(), "a pointer array of " + length, "at most " + Integer.MAX_VALUE);
        }
        long from = at.take(HEAD + 8 * length + 7, "a pointer array");
        long array = (from + 7 & ~7L) + HEAD;
        if (at.file().longAt(array) != 0) {
            throw at.file()
                    .error(
                            array,
                            "a pointer array that begins with " + at.file().longAt(array),
                            "0");
        }
        return new TriePointers(required - cut, at.file(), array, (int) length);
    }

    /**
     * Returns the number of high bits that the writer cut off: the number that makes array and entries together
     * smallest.
     */
    private static int cutBits(long entries, long largest, int required, int most) {
        int best = 0;
        long lowest = Long.MAX_VALUE;
        for (int cut = 0; cut <= most; cut++) {
            long change = (largest >>> required - cut) * 64 - entries * cut;
            if (change < lowest) {
                lowest = change;
                best = cut;
            }
        }
        return best;
    }

    static int requiredBits(long largest) {
        return 64 - Long.numberOfLeadingZeros(largest);
    }

    /**
     * Returns the row of the array to which entry {@code index} belongs: the last element of at most {@code index}.
     */
    int row(long index) {
        if (file == null) {
            return 0;
        }
        int low = 0;
        int high = length;
        while (high - low > 1) {
            int middle = low + high >>> 1;
            if (file.longAt(array + 8L * middle) <= index) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns the row of the entry that follows an entry of {@code row}. */
    int rowOfNext(int row, long index) {
        int at = row;
        while (at + 1 < length && file != null && file.longAt(array + 8L * (at + 1)) <= index + 1) {
            at++;
        }
        return at;
    }

    /** Returns the pointer whose low bits are at bit {@code bit} behind {@code base}. */
    long pointer(MappedFile entries, long base, long bit, int row) {
        return (long) row << bits | entries.bitsAt(base, bit, mask);
    }
}
