package org.quantvoice.internal.beam;

import org.jspecify.annotations.Nullable;
import org.quantvoice.lm.LmState;

/** Scores hypotheses beside their acoustics, and says which tokens may follow them. One scorer serves one stream. */
public abstract class PrefixScorer {

    /** Sets the attributes of the empty prefix. */
    public abstract void root(Prefixes prefixes, int row);

    /** Fills {@code out} with the ways in which {@code token} can follow; leaves it empty if it cannot. */
    public abstract void extend(Prefixes prefixes, int row, int token, Extension out);

    /**
     * Ends a prefix: way 0 of {@code out} gets its final language model and hotword scores; {@code out.complete}
     * becomes false if other prefixes that can end here are to be preferred, whatever their scores.
     */
    public abstract void finish(Prefixes prefixes, int row, Extension out);

    /** Returns whether a delimiter after this prefix leaves the prefix unchanged. */
    public abstract boolean absorbsDelimiter(Prefixes prefixes, int row);

    /** Returns the most that one more token can add to {@code language + hotwords} of a prefix. */
    public abstract double mostGain();

    /** Returns whether every score is 0, so that the scorer need not be called. */
    public boolean isPlain() {
        return false;
    }

    /** Returns whether prefixes of different tokens can be the same hypothesis. */
    public boolean mergesByContent() {
        return false;
    }

    /** Returns a hash of the content of {@code row + token} in one of its ways; equal for equal hypotheses. */
    public long contentHash(Extension ways, int way, int token) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** Returns whether {@code row + token} is the same hypothesis as {@code other}. */
    public boolean sameContent(Prefixes prefixes, int row, int token, int label, int spelling, int other) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /**
     * Orders two prefixes by content. The order does not depend on which of several equal prefixes of other tokens
     * the tree happens to hold.
     */
    public int compare(Prefixes prefixes, int rowA, int rowB) {
        return prefixes.compare(rowA, rowB);
    }

    /**
     * Returns the part of a prefix that can still matter, if prefixes are compared by content: as many last words as
     * the scorer remembers.
     */
    public String recent(Prefixes prefixes, int row) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** Returns a key that is equal for prefixes of equal text at the end; {@code label} completes its last word. */
    public String text(Prefixes prefixes, int row, int label) {
        throw new UnsupportedOperationException("prefixes are told apart by their tokens");
    }

    /** Returns the context of the language model after a prefix whose last word has ended; null without a model. */
    @Nullable
    public LmState context(Prefixes prefixes, int row, Extension scratch) {
        return null;
    }

    /** Returns how many of the last words (or tokens, see {@link #remembersTokens}) can still matter. */
    public int memory() {
        return 1;
    }

    /** Returns whether {@link #memory} counts tokens. */
    public boolean remembersTokens() {
        return false;
    }

    /** Renumbers the scorer's own data about prefixes, after some were dropped. */
    public void collect(Prefixes prefixes) {}

    /** Returns the number of entries that the scorer remembers; {@link #collect} is called when they are many. */
    public int footprint() {
        return 0;
    }
}
