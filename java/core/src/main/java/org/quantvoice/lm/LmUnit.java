package org.quantvoice.lm;

/** The units that are the words of a language model. */
public enum LmUnit {
    /** Words, scored when they end; in Chinese, Japanese or Thai without a delimiter, every character is a word. */
    WORD,
    /** Tokens of the vocabulary, including the delimiter, scored when they are emitted. */
    TOKEN
}
