package org.quantvoice.lm;

/**
 * Turns a KenLM trie into hash tables, order by order. The children of the entries of one order are the entries of
 * the next, each exactly once and in the same order, so that one pass finds every parent, and a damaged pointer is
 * detected.
 */
final class TrieUnpacker {
    private static final int MOST = 1 << 28;

    private final MappedFile file;
    private final long unigrams;
    private final TrieLevel[] levels;

    TrieUnpacker(MappedFile file, long unigrams, TrieLevel[] levels) {
        this.file = file;
        this.unigrams = unigrams;
        this.levels = levels;
    }

    HeapSearch unpack(int words) {
        long[] weights = new long[words];
        long[] keys = new long[words];
        // Element i is the index of the first child of entry i; the last element is the end of the last entry's
        // children.
        long[] children = new long[words + 1];
        for (int word = 0; word <= words; word++) {
            long at = unigrams + (long) word * TrieSearch.UNIGRAM_BYTES;
            children[word] = file.longAt(at + TrieSearch.POINTER_AT);
        }
        for (int word = 0; word < words; word++) {
            long at = unigrams + (long) word * TrieSearch.UNIGRAM_BYTES;
            weights[word] = pack(file.floatAt(at), file.floatAt(at + 4), children[word] != children[word + 1]);
            keys[word] = word;
        }
        NgramTable[] tables = new NgramTable[levels.length];
        for (int i = 0; i < levels.length; i++) {
            TrieLevel level = levels[i];
            keys = childKeys(keys, children, level);
            children = i + 1 < levels.length ? children(level) : new long[keys.length + 1];
            tables[i] = table(level, keys, children, i + 1 == levels.length);
        }
        return new HeapSearch(weights, tables);
    }

    private long[] childKeys(long[] parents, long[] children, TrieLevel level) {
        if (level.entries > MOST) {
            throw file.error(0, level.entries + " n-grams of one order", "at most " + MOST + " in memory");
        }
        long[] keys = new long[(int) level.entries];
        long next = children[0];
        for (int parent = 0; parent < parents.length; parent++) {
            long end = children[parent + 1];
            if (next < 0 || end < next || end > keys.length) {
                throw level.badPointer(next, end);
            }
            for (; next < end; next++) {
                keys[(int) next] = NgramKey.before(parents[parent], (int) level.word(next));
            }
        }
        if (children[0] != 0 || next != keys.length) {
            throw level.badPointer(children[0], next);
        }
        return keys;
    }

    private static long[] children(TrieLevel level) {
        long[] children = new long[(int) level.entries + 1];
        for (int i = 0; i < level.entries; i++) {
            int row = level.row(i);
            children[i] = level.begin(i, row);
            children[i + 1] = level.end(i, row);
        }
        return children;
    }

    private NgramTable table(TrieLevel level, long[] keys, long[] children, boolean longest) {
        NgramTable table = new NgramTable(keys.length);
        for (int i = 0; i < keys.length; i++) {
            float backoff = longest ? Weights.NO_EXTENSION : level.backoff(i);
            if (!table.add(keys[i], pack(level.logProb(i), backoff, children[i] != children[i + 1]))) {
                throw file.error(level.begin(), "an n-gram once more in those that begin", "each n-gram once");
            }
        }
        return table;
    }

    private static long pack(float logProb, float backoff, boolean goesOnLeft) {
        long closed = Weights.pack(-Math.abs(logProb), backoff);
        return goesOnLeft ? closed & ~(1L << 63) : closed;
    }
}
