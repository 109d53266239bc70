package org.quantvoice.lm;

/**
 * N-grams of a KenLM trie file: unigrams by id with a pointer each, then one {@link TrieLevel} for each order. The
 * trie is walked from the newest word to the oldest.
 */
final class TrieSearch implements NgramSearch {
    static final int UNIGRAM_BYTES = 16;
    static final int POINTER_AT = 8;

    private final MappedFile file;
    private final long unigrams;
    private final TrieLevel[] levels;

    private TrieSearch(MappedFile file, long unigrams, TrieLevel[] levels) {
        this.file = file;
        this.unigrams = unigrams;
        this.levels = levels;
    }

    static TrieSearch read(FileRegion at, KenlmHeader header) {
        long[] counts = header.counts;
        int order = counts.length;
        TrieWeights[] weights = weights(at, header);
        // There is one unigram more for an unknown word that the ARPA file lacked, and one more for the end of the
        // last pointer.
        long unigrams = at.take((counts[0] + 2) * UNIGRAM_BYTES, "the 1-grams");
        int configured = header.kind.hasPointerArrays() && order > 2 ? arrayBits(at) : 0;
        TrieLevel[] levels = new TrieLevel[order - 1];
        for (int n = 2; n <= order; n++) {
            TriePointers pointers = pointers(at, header, n, configured);
            levels[n - 2] =
                    TrieLevel.read(at, "the " + n + "-grams", counts[n - 1], counts[0], weights[n - 2], pointers);
        }
        return new TrieSearch(at.file(), unigrams, levels);
    }

    private static TrieWeights[] weights(FileRegion at, KenlmHeader header) {
        int order = header.counts.length;
        if (header.kind.isQuantized()) {
            return QuantizationTables.read(at, order);
        }
        TrieWeights[] weights = new TrieWeights[order - 1];
        for (int n = 2; n <= order; n++) {
            weights[n - 2] = TrieWeights.plain(n == order);
        }
        return weights;
    }

    /** Returns how many bits the writer was allowed to cut off in all pointer arrays, as the first one says. */
    private static int arrayBits(FileRegion at) {
        long head = at.position();
        if (head + 2 > at.file().size()) {
            throw at.file().error(head, "the end of the file", "the head of a pointer array", "copy the file again");
        }
        int version = at.file().byteAt(head);
        if (version != 0) {
            throw at.file().error(head, "pointer array version " + version, "version 0");
        }
        return at.file().byteAt(head + 1);
    }

    private static TriePointers pointers(FileRegion at, KenlmHeader header, int order, int configured) {
        if (order == header.counts.length) {
            return TriePointers.whole(0);
        }
        long largest = header.counts[order];
        return header.kind.hasPointerArrays()
                ? TriePointers.split(at, header.counts[order - 1] + 1, largest, configured)
                : TriePointers.whole(largest);
    }

    /** Copies the n-grams to memory, where a query takes about half the time. */
    HeapSearch unpack(int words) {
        return new TrieUnpacker(file, unigrams, levels).unpack(words);
    }

    @Override
    public int order() {
        return levels.length + 1;
    }

    @Override
    public float unigramBackoff(int word) {
        return file.floatAt(unigrams + (long) word * UNIGRAM_BYTES + 4);
    }

    @Override
    public float match(LmState in, int word, LmState out) {
        long unigram = unigrams + (long) word * UNIGRAM_BYTES;
        long weights = file.longAt(unigram);
        float logProb = Float.intBitsToFloat((int) weights);
        float backoff = Float.intBitsToFloat((int) (weights >>> 32));
        out.words[0] = word;
        out.backoff[0] = backoff;
        int kept = Weights.goesOnRight(backoff) ? 1 : 0;
        int longest = Math.min(in.length, levels.length);
        int matched = 1;
        long begin = file.longAt(unigram + POINTER_AT);
        long end = file.longAt(unigram + POINTER_AT + UNIGRAM_BYTES);
        while (matched <= longest && begin != end) {
            TrieLevel level = levels[matched - 1];
            long found = level.find(begin, end, in.words[matched - 1]);
            if (found < 0) {
                break;
            }
            logProb = level.logProb(found);
            matched++;
            if (matched > levels.length) {
                break;
            }
            backoff = level.backoff(found);
            out.words[matched - 1] = in.words[matched - 2];
            out.backoff[matched - 1] = backoff;
            kept = Weights.goesOnRight(backoff) ? matched : kept;
            int row = level.row(found);
            begin = level.begin(found, row);
            end = level.end(found, row);
        }
        out.length = kept;
        out.matched = matched;
        return logProb;
    }
}
