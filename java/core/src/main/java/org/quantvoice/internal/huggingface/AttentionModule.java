package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Value;

/** Attention of one layer over its own input, with its way to represent the frames' positions. */
interface AttentionModule {

    /**
     * Writes the attention of a layer.
     *
     * @param x {@code [batch, time, channels]}, which is also the result's shape
     */
    Value write(String path, Value x);
}
