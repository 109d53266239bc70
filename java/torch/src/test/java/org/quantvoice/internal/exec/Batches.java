package org.quantvoice.internal.exec;

import org.quantvoice.internal.live.StreamingModel;

/** Tells tests of streams that run together whether they did. */
public final class Batches {
    private Batches() {}

    /** Chunks in the largest batch that a model of the native engine has run. */
    public static int largest(StreamingModel model) {
        return ((NativeStreamingModel) model).largestBatch();
    }
}
