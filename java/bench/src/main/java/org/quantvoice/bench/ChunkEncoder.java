package org.quantvoice.bench;

/** Encodes a stream chunk by chunk, from features to log-probs, on one engine. */
interface ChunkEncoder extends AutoCloseable {

    /** Begins a stream. */
    void reset() throws Exception;

    /**
     * Encodes the next chunk.
     *
     * @param features {@code [frames, bins]}
     * @return the number of encoder frames of the result
     */
    int encode(float[] features, int frames) throws Exception;
}
