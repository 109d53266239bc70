package org.quantvoice.internal.quantize;

import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/**
 * The axis of a layer's output on which its channels lie: {@code [.., channels]} of a linear layer, {@code [1,
 * channels, ..]} of a convolution.
 *
 * @param count number of channels
 * @param last whether the channels are the last axis
 */
public record ChannelAxis(int count, boolean last) {

    static ChannelAxis of(Node layer) {
        int count = (int) layer.input(1).shape().dim(0).constant();
        return new ChannelAxis(count, layer.op() == Op.LINEAR);
    }

    /** Returns the channel of an element of an output that has {@code elements} elements. */
    int of(int element, int elements) {
        return last ? element % count : element / (elements / count) % count;
    }
}
