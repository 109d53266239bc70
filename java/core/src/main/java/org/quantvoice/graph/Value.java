package org.quantvoice.graph;

/**
 * A tensor in a graph: an input, a constant, or an output of a node.
 *
 * @param id unique within its graph
 * @param name name of an input or a constant (for a parameter its dotted path); empty for the output of a node
 * @param type element type
 * @param shape sizes
 */
public record Value(int id, String name, DType type, Shape shape) {

    /** Returns a label such as {@code %7}, or the name if the value has one. */
    public String label() {
        return name.isEmpty() ? "%" + id : name;
    }

    @Override
    public String toString() {
        return label() + ": " + type + shape;
    }
}
