package org.quantvoice.lm;

/**
 * N-grams of a KenLM probing file: unigrams by id, then a hash table by {@link NgramKey} for each order.
 */
final class ProbingSearch implements NgramSearch {
    private static final int KEY_BYTES = 8;
    private static final int PROB_BYTES = 4;

    private final MappedFile file;
    private final long unigrams;
    private final int weightBytes;
    private final ProbingTable[] tables;

    private ProbingSearch(MappedFile file, long unigrams, int weightBytes, ProbingTable[] tables) {
        this.file = file;
        this.unigrams = unigrams;
        this.weightBytes = weightBytes;
        this.tables = tables;
    }

    /** Reads the tables. each entry has a third weight (the rest cost, which scoring left to right does not need) */
    static ProbingSearch read(FileRegion at, KenlmHeader header, boolean rest) {
        int weightBytes = rest ? 12 : 8;
        int order = header.counts.length;
        // There is one unigram more than counted, because the unknown word may be missing in the ARPA file.
        long unigrams = at.take((header.counts[0] + 1) * weightBytes, "the 1-grams");
        ProbingTable[] tables = new ProbingTable[order - 1];
        for (int n = 2; n <= order; n++) {
            int entryBytes = KEY_BYTES + (n < order ? weightBytes : PROB_BYTES);
            tables[n - 2] =
                    ProbingTable.read(at, header.counts[n - 1], header.multiplier, entryBytes, "the " + n + "-grams");
        }
        return new ProbingSearch(at.file(), unigrams, weightBytes, tables);
    }

    /** Copies the n-grams to memory, where a query takes about two thirds of the time. */
    HeapSearch unpack(int words, long[] counts) {
        long[] weights = new long[words];
        for (int word = 0; word < words; word++) {
            weights[word] = swapped(file.longAt(unigrams + (long) word * weightBytes));
        }
        NgramTable[] unpacked = new NgramTable[tables.length];
        for (int i = 0; i < tables.length; i++) {
            unpacked[i] = unpack(tables[i], i == tables.length - 1, counts[i + 1]);
        }
        return new HeapSearch(weights, unpacked);
    }

    private NgramTable unpack(ProbingTable table, boolean longest, long count) {
        NgramTable unpacked = new NgramTable(count);
        for (long at = table.begin(); at < table.end(); at += table.entryBytes()) {
            long key = file.longAt(at);
            if (key == 0) {
                continue;
            }
            long probBits = file.intAt(at + KEY_BYTES) & 0xffffffffL;
            // An n-gram of the highest order has no back-off, and no longer n-gram ends in it.
            long weights = longest ? (probBits | 1L << 31) << 32 : swapped(file.longAt(at + KEY_BYTES));
            if (!unpacked.add(key, weights)) {
                throw file.error(at, "an n-gram once more", "each n-gram once");
            }
        }
        return unpacked;
    }

    /** Swaps the halves of weights: the file has the probability first, {@link Weights} in the high half. */
    private static long swapped(long weights) {
        return Long.rotateRight(weights, 32);
    }

    @Override
    public int order() {
        return tables.length + 1;
    }

    @Override
    public float unigramBackoff(int word) {
        return file.floatAt(unigrams + (long) word * weightBytes + 4);
    }

    @Override
    public float match(LmState in, int word, LmState out) {
        long weights = file.longAt(unigrams + (long) word * weightBytes);
        int probBits = (int) weights;
        float backoff = Float.intBitsToFloat((int) (weights >>> 32));
        out.words[0] = word;
        out.backoff[0] = backoff;
        int kept = Weights.goesOnRight(backoff) ? 1 : 0;
        int middles = tables.length - 1;
        int longest = Math.min(in.length, tables.length);
        int matched = 1;
        long key = word;
        while (matched <= longest && Weights.goesOnLeft(probBits)) {
            key = NgramKey.before(key, in.words[matched - 1]);
            long entry = tables[matched - 1].find(key);
            if (entry < 0) {
                break;
            }
            matched++;
            if (matched > middles + 1) {
                probBits = file.intAt(entry + KEY_BYTES);
                break;
            }
            weights = file.longAt(entry + KEY_BYTES);
            probBits = (int) weights;
            backoff = Float.intBitsToFloat((int) (weights >>> 32));
            out.words[matched - 1] = in.words[matched - 2];
            out.backoff[matched - 1] = backoff;
            kept = Weights.goesOnRight(backoff) ? matched : kept;
        }
        out.length = kept;
        out.matched = matched;
        return Weights.logProb(probBits);
    }
}
