package org.quantvoice.lm;

/** Finds word ids by {@link WordHash}. */
interface WordIndex {
    /** Returns the id of the word with this hash, or {@link LanguageModel#UNKNOWN}. */
    int find(long hash);

    /** Returns the number of ids, including the unknown word. */
    int size();
}
