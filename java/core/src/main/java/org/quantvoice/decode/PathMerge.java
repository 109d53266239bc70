package org.quantvoice.decode;

/** What a hypothesis is worth that several paths lead to. */
public enum PathMerge {
    /** The sum of their probabilities: the exact CTC score. */
    SUM,
    /** The best of them. */
    MAX
}
