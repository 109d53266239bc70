package org.quantvoice.graph;

/**
 * How the operands of an LSTM or GRU node are laid out.
 *
 * @param states operands between x and the weights: initial h, and c for an LSTM
 * @param weights operands of one layer and direction
 */
public record Recurrence(int layers, int directions, boolean batchFirst, int states, int weights) {

    public static Recurrence of(Attributes attributes, boolean lstm) {
        int layers = attributes.integer("layers");
        ShapeInference.require(layers >= 1, "at least one layer");
        int states = attributes.flag("state") ? (lstm ? 2 : 1) : 0;
        int directions = attributes.flag("bidirectional") ? 2 : 1;
        return new Recurrence(
                layers, directions, attributes.flag("batchFirst"), states, attributes.flag("bias") ? 4 : 2);
    }

    /** Layers times directions. */
    public int cells() {
        return layers * directions;
    }

    int operands() {
        return 1 + states + cells() * weights;
    }
}
