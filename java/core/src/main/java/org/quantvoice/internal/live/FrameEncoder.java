package org.quantvoice.internal.live;

import org.jspecify.annotations.Nullable;

/** Turns samples into encoder frames, chunk by chunk. The grid of frames goes on through {@link #restart()}. */
interface FrameEncoder extends AutoCloseable {

    void push(float[] samples);

    /** Returns the next chunk, or null while samples for it are missing. */
    @Nullable
    EncodedFrames next();

    /**
     * Ends the samples: adds the silence that the model needs behind the last of them. Complete chunks may follow;
     * after them comes {@link #last}.
     *
     * @return seconds of all samples that were pushed
     */
    double finish();

    /** Returns the remaining frames, or null if they are too short for a frame. No samples may follow. */
    @Nullable
    EncodedFrames last();

    /** Forgets the history, but not the samples that wait, because an utterance ends here. */
    void restart();

    @Override
    void close();
}
