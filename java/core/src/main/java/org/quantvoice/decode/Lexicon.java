package org.quantvoice.decode;

/** The words that may be said. */
public final class Lexicon {
    private Lexicon() {}

    String word(int label) {
        return Integer.toString(label);
    }
}
