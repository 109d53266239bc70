package org.quantvoice.internal.live;

/** The caches of one stream of a {@link StreamingModel}. For one thread at a time; closing again does nothing. */
public interface StreamingState extends AutoCloseable {

    /**
     * Encodes the next chunk and advances the caches. Successive chunks overlap by {@code rightContext + 1 -
     * subsampling} feature frames.
     *
     * @param features {@code [frames, melBins]} row-major; not retained
     * @param frames {@code rightContext + 1} or more
     */
    EncodedFrames encode(float[] features, int frames);

    /** Forgets all history: the next chunk begins an utterance. */
    void reset();

    @Override
    void close();
}
