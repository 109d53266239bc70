package org.quantvoice.internal.onnx.operators;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * Recognises {@code (x - mean(x)) / sqrt(mean((x - mean(x))^2) + eps)} over the last axes, which is how exporters
 * write a layer norm.
 */
final class SpelledNorm {
    private SpelledNorm() {}

    static Optional<Value> find(Call call, Value difference, Value deviation) {
        Node sub = maker(call, difference, Op.SUB);
        Node sqrt = maker(call, deviation, Op.SQRT);
        Node shifted = sqrt == null ? null : maker(call, sqrt.input(0), Op.ADD);
        if (sub == null || sub.inputs().size() != 2 || shifted == null || !isReal(shifted)) {
            return Optional.empty();
        }
        Node mean = maker(call, sub.input(1), Op.MEAN);
        Node variance = maker(call, shifted.input(0), Op.MEAN);
        Node square = variance == null ? null : maker(call, variance.input(0), Op.MUL);
        if (mean == null || variance == null || square == null) {
            return Optional.empty();
        }
        boolean matches = square.inputs().size() == 2
                && mean.input(0).equals(sub.input(0))
                && square.input(0).equals(difference)
                && square.input(1).equals(difference)
                && mean.attributes().equals(variance.attributes())
                && mean.attributes().flag("keep");
        if (!matches) {
            return Optional.empty();
        }
        int[] axes = mean.attributes().ints("axes");
        int rank = difference.shape().rank();
        for (int i = 0; i < axes.length; i++) {
            if (axes[i] != rank - axes.length + i) {
                return Optional.empty();
            }
        }
        Attributes attributes =
                Attributes.of("axes", axes.length, "eps", shifted.attributes().number("scalar"));
        return Optional.of(call.add(Op.LAYER_NORM, attributes, sub.input(0)));
    }

    private static @Nullable Node maker(Call call, Value value, Op op) {
        return call.graph().producer(value).filter(n -> n.op() == op).orElse(null);
    }

    /** Returns whether a node adds a real number. */
    private static boolean isReal(Node node) {
        return node.inputs().size() == 1 && !node.attributes().isInteger("scalar");
    }
}
