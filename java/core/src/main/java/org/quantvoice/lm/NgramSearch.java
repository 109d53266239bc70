package org.quantvoice.lm;

/** Finds the longest known n-gram that ends in a word. Immutable, for any number of threads. */
interface NgramSearch {
    int order();

    /** Returns the back-off weight of a word alone. */
    float unigramBackoff(int word);

    /**
     * Finds the longest known n-gram of context and word. Fills {@code out} with the context after the word (shortened to what
     * can still matter) and {@link LmState#matched} with the n-gram's length.
     *
     * @param word a valid id
     * @return log10 probability of that n-gram, without the back-off weights of {@code in}
     */
    float match(LmState in, int word, LmState out);
}
