package org.quantvoice.lm;

import java.nio.ByteBuffer;
import org.quantvoice.error.ModelFormatException;

/**
 * The n-grams of one order of a KenLM trie: packed entries of word, weights and (but in the highest order) a pointer
 * to the n-grams that extend it to the left; the entries of one parent lie together, sorted by word.
 */
final class TrieLevel {
    static final long NONE = -1;
    /** Bytes that must lie behind the last entry: reads take 8 bytes and may begin in it. */
    private static final int SLACK = 8;

    private final MappedFile file;
    private final long base;
    final long entries;
    private final int entryBits;
    private final long mostInOneMap;
    private final int wordBits;
    private final long wordMask;
    private final TrieWeights weights;
    private final TriePointers pointers;

    private TrieLevel(
            FileRegion at, String what, long entries, long words, TrieWeights weights, TriePointers pointers) {
        file = at.file();
        this.entries = entries;
        this.weights = weights;
        this.pointers = pointers;
        wordBits = TriePointers.requiredBits(words);
        wordMask = (1L << wordBits) - 1;
        entryBits = wordBits + weights.bits + pointers.bits;
        mostInOneMap = Math.min(Integer.MAX_VALUE, 8L * (MappedFile.WHOLE - SLACK) / entryBits);
        base = at.take(((1 + entries) * entryBits + 7) / 8 + SLACK, what);
    }

    static TrieLevel read(
            FileRegion at, String what, long entries, long words, TrieWeights weights, TriePointers pointers) {
        return new TrieLevel(at, what, entries, words, weights, pointers);
    }

    /** Returns the index of the entry of a word among {@code [begin, end)}, or {@link #NONE}. */
    long find(long begin, long end, int word) {
        if (begin < 0 || begin > end || end > entries) {
            throw badPointer(begin, end);
        }
        if ((word & wordMask) != word) {
            return NONE;
        }
        long origin = base + (begin * entryBits >>> 3);
        if (end - begin > mostInOneMap) {
            return findWide(begin, end, word);
        }
        // Bits count from the beginning of the map, and entries from {@code begin}.
        long bits = 8L * MappedFile.indexOf(origin) + (begin * entryBits & 7);
        int found = find(file.mapOf(origin), bits, (int) (end - begin), word);
        return found < 0 ? NONE : begin + found;
    }

    /**
     * Narrows the range to a quarter at a time: three reads are independent of each other, and sums of masks (all
     * ones if the word is not behind) replace branches that the CPU could not predict.
     *
     * @param bits bit offset of the first entry in the map
     */
    private int find(ByteBuffer map, long bits, int size, int word) {
        int from = 0;
        int length = size;
        long mask = wordMask;
        long bit = bits;
        while (length > 3) {
            int quarter = length >>> 2;
            long step = (long) quarter * entryBits;
            long first = MappedFile.bitsAt(map, bit + step, mask) - word - 1 >> 63;
            long second = MappedFile.bitsAt(map, bit + 2 * step, mask) - word - 1 >> 63;
            long third = MappedFile.bitsAt(map, bit + 3 * step, mask) - word - 1 >> 63;
            from -= quarter * (int) (first + second + third);
            bit += (step & first) + (step & second) + (step & third);
            length -= 3 * quarter;
        }
        while (length > 1) {
            long got = MappedFile.bitsAt(map, bit + entryBits, mask);
            long taken = got - word - 1 >> 63;
            from -= (int) taken;
            bit += entryBits & taken;
            length--;
        }
        return length == 1 && MappedFile.bitsAt(map, bit, mask) == word ? from : -1;
    }

    /** Searches a range that no single map holds, by halving it. */
    private long findWide(long begin, long end, int word) {
        long low = begin;
        long high = end - 1;
        while (low <= high) {
            long middle = low + high >>> 1;
            long got = word(middle);
            if (got == word) {
                return middle;
            }
            if (got < word) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return NONE;
    }

    ModelFormatException badPointer(long begin, long end) {
        return file.error(
                base,
                "a pointer to the n-grams " + begin + " to " + end + " of those that begin",
                "at most " + entries);
    }

    /** Returns the byte offset of the first entry. */
    long begin() {
        return base;
    }

    long word(long index) {
        return file.bitsAt(base, index * entryBits, wordMask);
    }

    float logProb(long index) {
        return weights.logProb(file, base, index * entryBits + wordBits);
    }

    float backoff(long index) {
        return weights.backoff(file, base, index * entryBits + wordBits);
    }

    /** Returns the row of the entry's pointer, for {@link #begin} and {@link #end}. */
    int row(long index) {
        return pointers.row(index);
    }

    long begin(long index, int row) {
        return pointers.pointer(file, base, index * entryBits + wordBits + weights.bits, row);
    }

    long end(long index, int row) {
        int next = pointers.rowOfNext(row, index);
        return pointers.pointer(file, base, (index + 1) * entryBits + wordBits + weights.bits, next);
    }
}
