package org.quantvoice.lm;

/** What the words of a language model are. */
public enum LmUnit {
    /** Words, scored when they end; in Chinese, Japanese or Thai without a delimiter, every character is one. */
    WORD,
    /** The tokens of the vocabulary, the delimiter among them, scored when they are emitted. */
    TOKEN
}
