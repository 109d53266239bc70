package org.quantvoice.internal.beam;

import org.jspecify.annotations.Nullable;
import org.quantvoice.lm.LmState;

/**
 * What a hypothesis is worth beside its acoustics, and what may follow it. One scorer serves one stream.
 */
public abstract class PrefixScorer {

    /** Sets the attributes of the empty prefix. */
    public abstract void root(Prefixes prefixes, int row);

    /** Fills {@code out} with the ways in which {@code token} can follow; none if it cannot. */
    public abstract void extend(Prefixes prefixes, int row, int token, Extension out);

    /**
     * Ends a prefix: way 0 of {@code out} becomes its final language model and hotword scores, and {@code out.complete}
     * false if others that can end here are to be preferred, whatever the scores.
     */
    public abstract void finish(Prefixes prefixes, int row, Extension out);

    /** True if a delimiter after this prefix leaves it as it is. */
    public abstract boolean absorbsDelimiter(Prefixes prefixes, int row);

    /** Most that one more token can add to {@code language + hotwords} of a prefix. */
    public abstract double mostGain();

    /** True if every score is 0, so that nothing has to be asked. */
    public boolean isPlain() {
        return false;
    }

    /** True if prefixes of different tokens can be the same hypothesis. */
    public boolean mergesByContent() {
        return false;
    }

    /** Hash of the content of {@code row + token} in one of its ways; equal for equal hypotheses. */
    public long contentHash(Extension ways, int way, int token) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** True if {@code row + token} is the same hypothesis as {@code other}. */
    public boolean sameContent(Prefixes prefixes, int row, int token, int label, int spelling, int other) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /**
     * Orders two prefixes by content, and so that the order does not depend on which of several equal prefixes of other
     * tokens the tree happens to hold.
     */
    public int compare(Prefixes prefixes, int rowA, int rowB) {
        return prefixes.compare(rowA, rowB);
    }

    /** What of a prefix can still matter, if prefixes are told apart by content: as many last words as are remembered. */
    public String recent(Prefixes prefixes, int row) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** What tells the text of a prefix from others at the end; {@code label} completes its last word. */
    public String text(Prefixes prefixes, int row, int label) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** The context of the language model after a prefix, its last word ended; null without a model. */
    @Nullable
    public LmState context(Prefixes prefixes, int row, Extension scratch) {
        return null;
    }

    /** How many of the last words (or tokens, see {@link #remembersTokens}) can still matter. */
    public int memory() {
        return 1;
    }

    /** True if {@link #memory} counts tokens. */
    public boolean remembersTokens() {
        return false;
    }

    /** Renumbers what the scorer itself remembers of prefixes, after some were dropped. */
    public void collect(Prefixes prefixes) {}

    /** Entries that the scorer remembers; it is asked to collect when they are many. */
    public int footprint() {
        return 0;
    }
}
