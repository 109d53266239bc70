package org.quantvoice.lm;

/**
 * The n-grams of one order of a KenLM trie: packed entries of word, weights and (but in the highest order) a pointer to the
 * n-grams that go on to the left; the entries of one parent stand together, sorted by word.
 */
final class TrieLevel {
    static final long NONE = -1;
    /** Below this, stepping through beats guessing. */
    private static final int FEW = 8;

    private static final int GUESSES = 5;
    /** Reads take 8 bytes and may begin in the last entry. */
    private static final int SLACK = 8;

    private final MappedFile file;
    private final long base;
    final long entries;
    private final int entryBits;
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
        base = at.take(((1 + entries) * entryBits + 7) / 8 + SLACK, what);
    }

    static TrieLevel read(
            FileRegion at, String what, long entries, long words, TrieWeights weights, TriePointers pointers) {
        return new TrieLevel(at, what, entries, words, weights, pointers);
    }

    /** Index of the entry of a word among {@code [begin, end)}, or {@link #NONE}. */
    long find(long begin, long end, int word) {
        if (begin < 0 || begin > end || end > entries) {
            throw file.error(
                    base,
                    "a pointer to the n-grams " + begin + " to " + end + " of those that begin",
                    "at most " + entries);
        }
        long low = begin;
        long high = end - 1;
        for (int guess = 0; high - low >= FEW; guess++) {
            long middle = guess < GUESSES ? guess(low, high, word) : low + high >>> 1;
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
        for (long bit = low * entryBits; low <= high; low++, bit += entryBits) {
            long got = file.bitsAt(base, bit, wordMask);
            if (got >= word) {
                return got == word ? low : NONE;
            }
        }
        return NONE;
    }

    /** A guess by proportion: word ids are ranks of hashes, so they are spread evenly. */
    private long guess(long low, long high, int word) {
        long first = word(low);
        long last = word(high);
        if (word <= first) {
            return low;
        }
        return word >= last ? high : low + (long) ((float) (word - first) / (last - first) * (high - low));
    }

    private long word(long index) {
        return file.bitsAt(base, index * entryBits, wordMask);
    }

    float logProb(long index) {
        return weights.logProb(file, base, index * entryBits + wordBits);
    }

    float backoff(long index) {
        return weights.backoff(file, base, index * entryBits + wordBits);
    }

    /** Row of the entry's pointer, for {@link #begin} and {@link #end}. */
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
