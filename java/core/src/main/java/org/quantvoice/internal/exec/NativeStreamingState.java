package org.quantvoice.internal.exec;

import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamingState;

/** One stream of a model. */
public final class NativeStreamingState implements StreamingState {
    private final NativeStreamingModel model;
    private final ChunkCaches caches;
    private boolean closed;

    /** Takes ownership of the caches. */
    NativeStreamingState(NativeStreamingModel model, ChunkCaches caches) {
        this.model = model;
        this.caches = caches;
    }

    @Override
    public EncodedFrames encode(float[] features, int frames) {
        if (closed) {
            throw new IllegalStateException("got a closed stream's caches; expected open ones");
        }
        return model.encode(new Chunk(features, frames, caches));
    }

    @Override
    public void reset() {
        if (!closed) {
            caches.clear();
        }
    }

    @Override
    public void close() {
        closed = true;
        caches.close();
    }
}
