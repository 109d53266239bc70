package org.quantvoice.graph;

/**
 * The layout of the operands of an LSTM, GRU or RNN node.
 *
 * @param states number of operands between x and the weights: initial h, and c for an LSTM
 * @param weights number of operands of one layer and direction
 */
public record Recurrence(int layers, int directions, boolean batchFirst, int states, int weights) {

    /** Returns whether an operator is a recurrence. */
    public static boolean is(Op op) {
        return op == Op.LSTM || op == Op.GRU || op == Op.RNN;
    }

    /** Returns the number of rows that a recurrence's weights have for each element of its state. */
    public static int gates(Op op) {
        return op == Op.LSTM ? 4 : op == Op.GRU ? 3 : 1;
    }

    public static Recurrence of(Attributes attributes, boolean lstm) {
        int layers = attributes.integer("layers");
        ShapeInference.require(layers >= 1, "at least one layer");
        int states = attributes.flag("state") ? (lstm ? 2 : 1) : 0;
        int directions = attributes.flag("bidirectional") ? 2 : 1;
        return new Recurrence(
                layers, directions, attributes.flag("batchFirst"), states, attributes.flag("bias") ? 4 : 2);
    }

    /** Returns the number of layers times directions. */
    public int cells() {
        return layers * directions;
    }

    int operands() {
        return 1 + states + cells() * weights;
    }
}
