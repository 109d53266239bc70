package org.quantvoice.lm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds the tables of an ARPA model, order by order. If a tool pruned an n-gram that is the end of a longer one, it
 * is added again with its backed-off probability, so that a query that grows word by word still reaches the longer
 * one.
 */
final class ArpaBuilder {
    enum Outcome {
        ADDED,
        TWICE,
        NO_CONTEXT
    }

    private static final long UNKNOWN_HASH = WordHash.of("<unk>");
    private static final long UNKNOWN_CAPITAL_HASH = WordHash.of("<UNK>");

    private final HeapWordIndex index = new HeapWordIndex();
    private final Spellings spellings = new Spellings();
    private long[] unigrams = new long[16];
    private boolean unknownSeen;
    private NgramTable[] tables = new NgramTable[0];
    private final long[] keys = new long[ArpaReader.MAX_ORDER];
    private final int[] slots = new int[ArpaReader.MAX_ORDER];

    ArpaBuilder() {
        byte[] unknown = "<unk>".getBytes(StandardCharsets.UTF_8);
        spellings.add(unknown, 0, unknown.length);
    }

    void beginOrder(int order, int highest, long expected) {
        if (order == 1) {
            tables = new NgramTable[highest - 1];
        } else {
            tables[order - 2] = new NgramTable(expected);
        }
    }

    /** Adds a word; returns false if the word is there already. */
    boolean addWord(byte[] bytes, int from, int to, float logProb, float backoff) {
        long hash = WordHash.of(bytes, from, to);
        if (hash == UNKNOWN_HASH || hash == UNKNOWN_CAPITAL_HASH) {
            boolean first = !unknownSeen;
            setUnknown(logProb, backoff);
            return first;
        }
        int id = index.add(hash);
        if (id == LanguageModel.UNKNOWN) {
            return false;
        }
        spellings.add(bytes, from, to);
        if (id == unigrams.length) {
            unigrams = Arrays.copyOf(unigrams, id + (id >> 1));
        }
        unigrams[id] = closedWeights(logProb, backoff);
        return true;
    }

    void setUnknown(float logProb, float backoff) {
        unknownSeen = true;
        unigrams[LanguageModel.UNKNOWN] = closedWeights(logProb, backoff);
    }

    boolean hasUnknown() {
        return unknownSeen;
    }

    boolean hasWord(String word) {
        return index.find(WordHash.of(word)) != LanguageModel.UNKNOWN;
    }

    /** Returns the id of a word; -1 if it is not among the 1-grams. */
    int wordId(byte[] bytes, int from, int to) {
        long hash = WordHash.of(bytes, from, to);
        int id = index.find(hash);
        boolean known = id != LanguageModel.UNKNOWN || hash == UNKNOWN_HASH || hash == UNKNOWN_CAPITAL_HASH;
        return known ? id : -1;
    }

    /**
     * Adds an n-gram.
     *
     * @param words ids, newest first
     */
    Outcome addNgram(int order, int[] words, float logProb, float backoff) {
        long key = words[0];
        for (int n = 2; n <= order; n++) {
            key = NgramKey.before(key, words[n - 1]);
            keys[n - 1] = key;
        }
        if (!markContext(order, words)) {
            return Outcome.NO_CONTEXT;
        }
        NgramTable table = tables[order - 2];
        int there = table.find(key);
        if (there != NgramTable.NONE) {
            return Outcome.TWICE;
        }
        table.add(key, closedWeights(logProb, backoff));
        markSuffixes(order, words);
        return Outcome.ADDED;
    }

    /** Returns the weights of an n-gram that does not end a longer one, until a longer one is added. */
    private static long closedWeights(float logProb, float backoff) {
        return Weights.pack(-Math.abs(logProb), backoff);
    }

    /** Marks the context words[1..order) as the beginning of an n-gram, so that states keep it. */
    private boolean markContext(int order, int[] words) {
        if (order == 2) {
            markUnigramContext(words[1]);
            return true;
        }
        int slot = findContext(order, words);
        if (slot == NgramTable.NONE) {
            return false;
        }
        tables[order - 3].markGoesOnRight(slot);
        return true;
    }

    private void markUnigramContext(int word) {
        if (!Weights.goesOnRight(Float.intBitsToFloat((int) unigrams[word]))) {
            unigrams[word] &= ~0xffffffffL;
        }
    }

    /** Returns the slot of the n-gram words[1..order) in the table of its order. */
    private int findContext(int order, int[] words) {
        long key = words[1];
        for (int i = 2; i < order; i++) {
            key = NgramKey.before(key, words[i]);
        }
        return tables[order - 3].find(key);
    }

    /** Marks every n-gram at the end of this one as the end of a longer one, and adds those that are missing. */
    private void markSuffixes(int order, int[] words) {
        int present = order - 1;
        while (present > 1 && (slots[present - 1] = tables[present - 2].find(keys[present - 1])) == NgramTable.NONE) {
            present--;
        }
        long weights = present == 1 ? unigrams[words[0]] : tables[present - 2].weights(slots[present - 1]);
        if (present == 1) {
            unigrams[words[0]] &= ~(1L << 63);
        } else {
            tables[present - 2].markGoesOnLeft(slots[present - 1]);
        }
        float logProb = Weights.logProb((int) (weights >>> 32));
        for (int n = present + 1; n < order; n++) {
            logProb += contextBackoff(n, words);
            long gap = closedWeights(logProb, Weights.NO_EXTENSION) & ~(1L << 63);
            tables[n - 2].add(keys[n - 1], gap);
        }
    }

    /** Returns the back-off of the context of words[0..order), and marks it as the beginning of an n-gram. */
    private float contextBackoff(int order, int[] words) {
        if (order == 2) {
            markUnigramContext(words[1]);
            return Float.intBitsToFloat((int) unigrams[words[1]]);
        }
        int slot = findContext(order, words);
        if (slot == NgramTable.NONE) {
            return 0;
        }
        tables[order - 3].markGoesOnRight(slot);
        return Float.intBitsToFloat((int) tables[order - 3].weights(slot));
    }

    LanguageModel build(String name) {
        return new BackoffModel(name, new HeapSearch(unigrams, tables), index, spellings);
    }
}
