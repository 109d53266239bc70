package org.quantvoice.internal.live;

import org.jspecify.annotations.Nullable;

/** From samples to encoder frames, chunk by chunk. The grid of frames goes on through {@link #restart()}. */
interface FrameEncoder extends AutoCloseable {

    void push(float[] samples);

    /** The next chunk, or null while samples for it are missing. */
    @Nullable
    EncodedFrames next();

    /**
     * The samples end: adds what the model needs behind the last of them. Chunks may be complete now, then {@link #last} comes.
     *
     * @return seconds of all samples that were given
     */
    double finish();

    /** The rest, or null if it is too short for a frame. No samples may come after it. */
    @Nullable
    EncodedFrames last();

    /** Forgets the history, not the samples that wait: an utterance ends here. */
    void restart();

    @Override
    void close();
}
