package org.quantvoice.onnx;

import java.util.EnumSet;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** Finds where the encoder of a CTC model ends: before the last linear layer or convolution, which makes the tokens' scores. */
final class GraphSplit {
    private static final Set<Op> BEHIND = EnumSet.of(
            Op.LOG_SOFTMAX, Op.SOFTMAX, Op.TRANSPOSE, Op.RESHAPE, Op.LOG, Op.CLAMP, Op.CAST, Op.MUL, Op.DIV, Op.ADD);

    private GraphSplit() {}

    /** Returns the encoder's output. */
    static Value encoderOutput(Graph graph) {
        Value at = graph.outputs().get(0);
        while (true) {
            Node node = graph.producer(at).orElse(null);
            if (node == null) {
                throw refused("a model that ends in " + at);
            }
            boolean layer = node.op() == Op.LINEAR || node.op() == Op.CONV1D;
            if (layer && graph.constant(node.input(1)).isPresent()) {
                return node.input(0);
            }
            if (!BEHIND.contains(node.op()) || node.inputs().size() != 1) {
                throw refused("a model that ends in operator " + node.op() + " at " + node.path());
            }
            at = node.input(0);
        }
    }

    private static UnsupportedOperatorException refused(String got) {
        return new UnsupportedOperatorException(
                got, "a CTC head of one linear layer and a softmax", "export the model as one file");
    }
}
