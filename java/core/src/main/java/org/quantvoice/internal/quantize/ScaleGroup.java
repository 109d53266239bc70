package org.quantvoice.internal.quantize;

import java.util.List;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/**
 * Layers that take in the output channels of one operator, and nothing else that does: the channels may be divided by factors
 * there, and the layers' weights multiplied by them, without a change of what the graph computes.
 *
 * @param giver a norm with factors of its own, or a layer
 * @param layers whose inputs are the channels
 * @param channels how many there are
 */
record ScaleGroup(Node giver, List<Node> layers, int channels) {
    /** The axis of channels in what a layer takes in. */
    static int inputAxis(Node layer) {
        return layer.op() == Op.LINEAR ? layer.input(0).shape().rank() - 1 : 1;
    }

    /** The axis of channels in what an operator gives; below 0 if it is none that channels can be scaled in. */
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
