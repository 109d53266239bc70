package org.quantvoice.decode;

/**
 * What a hypothesis is worth beside its acoustics, and what may follow it. One scorer serves one stream.
 */
abstract class PrefixScorer {

    /** Sets the attributes of the empty prefix. */
    abstract void root(Prefixes prefixes, int row);

    /** Fills {@code out} with the ways in which {@code token} can follow; none if it cannot. */
    abstract void extend(Prefixes prefixes, int row, int token, Extension out);

    /**
     * Ends a prefix: way 0 of {@code out} becomes its final language model and hotword scores, and {@code out.complete}
     * false if others that can end here are to be preferred, whatever the scores.
     */
    abstract void finish(Prefixes prefixes, int row, Extension out);

    /** True if a delimiter after this prefix leaves it as it is. */
    abstract boolean absorbsDelimiter(Prefixes prefixes, int row);

    /** Most that one more token can add to {@code language + hotwords} of a prefix. */
    abstract double mostGain();

    /** True if every score is 0, so that nothing has to be asked. */
    boolean isPlain() {
        return false;
    }

    /** True if prefixes of different tokens can be the same hypothesis. */
    boolean mergesByContent() {
        return false;
    }

    /** Hash of the content of {@code row + token}; equal for equal hypotheses. */
    long contentHash(Prefixes prefixes, int row, int token, int label) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** True if {@code row + token} is the same hypothesis as {@code other}. */
    boolean sameContent(Prefixes prefixes, int row, int token, int label, int other) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** The text of a prefix, its last word included. */
    String text(Prefixes prefixes, int row) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** Renumbers what the scorer itself remembers of prefixes, after some were dropped. */
    void collect(Prefixes prefixes) {}

    /** Entries that the scorer remembers; it is asked to collect when they are many. */
    int footprint() {
        return 0;
    }
}
