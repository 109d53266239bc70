package org.quantvoice.lm;

/** Finds word ids by {@link WordHash}. */
interface WordIndex {
    /** The id of the word with this hash, or {@link LanguageModel#UNKNOWN}. */
    int find(long hash);

    /** Number of ids, the unknown word among them. */
    int size();
}
