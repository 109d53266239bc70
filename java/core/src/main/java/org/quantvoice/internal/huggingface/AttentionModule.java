package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Value;

/** Attention of one layer over its own input, with whatever tells it the frames' positions. */
interface AttentionModule {

    /** @param x {@code [batch, time, channels]}, as the result */
    Value write(String path, Value x);
}
