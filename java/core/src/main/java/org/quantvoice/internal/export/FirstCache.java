package org.quantvoice.internal.export;

/** The content of the attention cache of a streaming model's encoder before the first chunk. */
public enum FirstCache {
    /** The cache has no frames: it is a tensor without elements. */
    EMPTY,
    /**
     * The cache has one masked frame, for runtimes without empty inputs. The frame stays at the front of the cache,
     * and {@code offset} counts it, so that the first chunk has offset 1.
     */
    DUMMY_FRAME
}
