package org.quantvoice.internal.quantize;

import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/**
 * Where a layer's output has its channels: {@code [.., channels]} of a linear layer, {@code [1, channels, ..]} of a
 * convolution.
 *
 * @param last whether they are the last axis
 */
public record ChannelAxis(int count, boolean last) {

    static ChannelAxis of(Node layer) {
        int count = (int) layer.input(1).shape().dim(0).constant();
        return new ChannelAxis(count, layer.op() == Op.LINEAR);
    }

    /** The channel of an element of an output with so many elements. */
    int of(int element, int elements) {
        return last ? element % count : element / (elements / count) % count;
    }
}
