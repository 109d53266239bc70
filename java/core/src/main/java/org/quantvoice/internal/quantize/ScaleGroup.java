package org.quantvoice.internal.quantize;

import java.util.List;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/**
 * Layers that read the output channels of one operator, if nothing else reads them: the channels may be divided by
 * factors, and the layers' weights multiplied by them, without a change of what the graph computes.
 *
 * @param giver the operator that computes the channels: a norm with factors of its own, or a layer
 * @param layers whose inputs are the channels
 * @param channels number of channels
 */
record ScaleGroup(Node giver, List<Node> layers, int channels) {
    /** Returns the axis of the channels in a layer's input. */
    static int inputAxis(Node layer) {
        return layer.op() == Op.LINEAR ? layer.input(0).shape().rank() - 1 : 1;
    }

    /** Returns the axis of the channels in an operator's output; below 0 if its channels cannot be scaled. */
    static int outputAxis(Node giver) {
        return switch (giver.op()) {
            case LINEAR -> giver.output().shape().rank() - 1;
            case LAYER_NORM ->
                giver.attributes().integer("axes") == 1 ? giver.output().shape().rank() - 1 : -1;
            case GROUP_NORM, CONV1D, CONV2D -> 1;
            default -> -1;
        };
    }

    boolean isNorm() {
        return giver.op() == Op.LAYER_NORM || giver.op() == Op.GROUP_NORM;
    }
}
