package org.quantvoice.internal.export;

/** What the attention cache of a streaming model's encoder holds before the first chunk. */
public enum FirstCache {
    /** No frames: one tensor without elements. */
    EMPTY,
    /**
     * One frame that takes no part, for runtimes without empty inputs: it stays in front of the cache for good, and {@code
     * offset} counts it, so that the first chunk has offset 1.
     */
    DUMMY_FRAME
}
