package org.quantvoice.internal.program;

import java.util.Optional;
import org.quantvoice.graph.Node;

/**
 * An elementwise function that the executor can apply in passing.
 *
 * @param code its number in native/src/exec/step.h
 * @param alpha slope of a leaky ReLU, else 0
 */
record Activation(int code, double alpha) {
    private static final int LEAKY_RELU = 3;

    static final Activation NONE = new Activation(0, 0);
    static final Activation EXP = new Activation(8, 0);
    static final Activation ABS = new Activation(12, 0);

    /** The function of a unary node; empty if the executor has none. */
    static Optional<Activation> of(Node node) {
        return switch (node.op()) {
            case RELU -> plain(1);
            case GELU -> plain(node.attributes().flag("tanh") ? 5 : 2);
            case LEAKY_RELU ->
                Optional.of(new Activation(LEAKY_RELU, node.attributes().number("slope")));
            case SILU -> plain(4);
            case SIGMOID -> plain(6);
            case TANH -> plain(7);
            case EXP -> plain(8);
            case LOG -> plain(9);
            case SQRT -> plain(10);
            case NEG -> plain(11);
            case ABS -> plain(12);
            case SIN -> plain(13);
            case COS -> plain(14);
            case RSQRT -> plain(15);
            default -> Optional.empty();
        };
    }

    private static Optional<Activation> plain(int code) {
        return Optional.of(new Activation(code, 0));
    }

    boolean isNone() {
        return code == 0;
    }

    /** Whether it needs {@link #alpha}, for which steps of norms and depthwise convolutions have no place. */
    boolean hasSlope() {
        return code == LEAKY_RELU;
    }

    /** Whether it fits the epilogue of a product or a norm. */
    boolean fuses() {
        return code >= 1 && code <= 4;
    }
}
