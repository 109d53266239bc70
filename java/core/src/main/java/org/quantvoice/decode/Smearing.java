package org.quantvoice.decode;

/** What stands for the language model score of a word of a lexicon while it is unfinished. */
public enum Smearing {
    /** The best score after the beginning of a sentence among the words that can still be reached. */
    MAX,
    /** The log of the sum of these scores. */
    LOGADD,
    /** Nothing. */
    NONE
}
