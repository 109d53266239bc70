package org.quantvoice.decode;

/** When two token sequences are the same hypothesis. */
public enum Labelling {
    /**
     * When they spell the same text: delimiters at the beginning and repeated ones vanish, and so do different ways to
     * build a word of pieces that end in the same piece.
     */
    WORDS,
    /** When they are the same tokens. The score of a hypothesis is then log P(labelling). */
    TOKENS
}
