package org.quantvoice.lm;

/** N-grams in memory: read from ARPA text, or unpacked from a KenLM file. */
final class HeapSearch implements NgramSearch {
    private final long[] unigrams;
    private final NgramTable[] tables;

    /**
     * @param unigrams {@link Weights} by word id
     * @param tables the n-grams of order 2, 3, ...
     */
    HeapSearch(long[] unigrams, NgramTable[] tables) {
        this.unigrams = unigrams;
        this.tables = tables;
    }

    @Override
    public int order() {
        return tables.length + 1;
    }

    @Override
    public float unigramBackoff(int word) {
        return Float.intBitsToFloat((int) unigrams[word]);
    }

    @Override
    public float match(LmState in, int word, LmState out) {
        long weights = unigrams[word];
        int probBits = (int) (weights >>> 32);
        float backoff = Float.intBitsToFloat((int) weights);
        out.words[0] = word;
        out.backoff[0] = backoff;
        int kept = Weights.goesOnRight(backoff) ? 1 : 0;
        int longest = Math.min(in.length, tables.length);
        int matched = 1;
        long key = word;
        while (matched <= longest && Weights.goesOnLeft(probBits)) {
            NgramTable table = tables[matched - 1];
            key = NgramKey.before(key, in.words[matched - 1]);
            int slot = table.find(key);
            if (slot == NgramTable.NONE) {
                break;
            }
            weights = table.weights(slot);
            probBits = (int) (weights >>> 32);
            matched++;
            if (matched <= tables.length) {
                backoff = Float.intBitsToFloat((int) weights);
                out.words[matched - 1] = in.words[matched - 2];
                out.backoff[matched - 1] = backoff;
                kept = Weights.goesOnRight(backoff) ? matched : kept;
            }
        }
        out.length = kept;
        out.matched = matched;
        return Weights.logProb(probBits);
    }
}
