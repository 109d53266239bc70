package org.quantvoice.internal.program;

import java.util.Optional;
import org.quantvoice.graph.Node;

/** An elementwise function that the executor applies to a step's result before it writes it. */
record Activation(Act code, double alpha) {

    /** The executor's functions of one element, numbered as in native/src/exec/step.h; StepContractTest compares the two. */
    enum Act {
        NONE,
        RELU,
        GELU,
        LEAKY_RELU,
        SILU,
        GELU_TANH,
        SIGMOID,
        TANH,
        EXP,
        LOG,
        SQRT,
        NEG,
        ABS,
        SIN,
        COS,
        RSQRT
    }

    static final Activation NONE = new Activation(Act.NONE, 0);
    static final Activation SIGMOID = new Activation(Act.SIGMOID, 0);
    static final Activation EXP = new Activation(Act.EXP, 0);
    static final Activation ABS = new Activation(Act.ABS, 0);

    /** Returns the function of a unary node; empty if the executor has none. */
    static Optional<Activation> of(Node node) {
        return switch (node.op()) {
            case RELU -> plain(Act.RELU);
            case GELU -> plain(node.attributes().flag("tanh") ? Act.GELU_TANH : Act.GELU);
            case LEAKY_RELU ->
                Optional.of(new Activation(Act.LEAKY_RELU, node.attributes().number("slope")));
            case SILU -> plain(Act.SILU);
            case SIGMOID -> plain(Act.SIGMOID);
            case TANH -> plain(Act.TANH);
            case EXP -> plain(Act.EXP);
            case LOG -> plain(Act.LOG);
            case SQRT -> plain(Act.SQRT);
            case NEG -> plain(Act.NEG);
            case ABS -> plain(Act.ABS);
            case SIN -> plain(Act.SIN);
            case COS -> plain(Act.COS);
            case RSQRT -> plain(Act.RSQRT);
            default -> Optional.empty();
        };
    }

    private static Optional<Activation> plain(Act code) {
        return Optional.of(new Activation(code, 0));
    }

    boolean isNone() {
        return code == Act.NONE;
    }

    /**
     * Returns whether the function needs {@link #alpha}, which steps of norms and of depthwise convolutions have no
     * field for.
     */
    boolean hasSlope() {
        return code == Act.LEAKY_RELU;
    }

    /** Returns whether the function can run in the epilogue of a product or a norm. */
    boolean fuses() {
        return switch (code) {
            case RELU, GELU, LEAKY_RELU, SILU -> true;
            default -> false;
        };
    }
}
