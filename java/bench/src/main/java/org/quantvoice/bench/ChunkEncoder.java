package org.quantvoice.bench;

/** Encodes a stream chunk by chunk, from features to log-probabilities, on one engine. */
interface ChunkEncoder extends AutoCloseable {

    /** Begins a stream. */
    void reset() throws Exception;

    /**
     * The next chunk.
     *
     * @param features {@code [frames, bins]}
     * @return encoder frames that came out
     */
    int encode(float[] features, int frames) throws Exception;
}
