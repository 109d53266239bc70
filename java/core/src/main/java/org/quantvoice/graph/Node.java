package org.quantvoice.graph;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One use of an operator in a graph.
 *
 * @param op the operator
 * @param inputs inputs, constants and outputs of earlier nodes, in the order that {@link Op} specifies
 * @param outputs at least one
 * @param attributes settings
 * @param path dotted path of the innermost module that ran it; empty for the model itself
 */
public record Node(Op op, List<Value> inputs, List<Value> outputs, Attributes attributes, String path) {

    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    public Value input(int index) {
        return inputs.get(index);
    }

    /** Returns the first output. */
    public Value output() {
        return outputs.get(0);
    }

    @Override
    public String toString() {
        String results = outputs.stream().map(Value::toString).collect(Collectors.joining(", "));
        String operands = inputs.stream().map(Value::label).collect(Collectors.joining(", "));
        String settings = attributes.asMap().isEmpty() ? "" : " " + attributes;
        return results + " = " + op + "(" + operands + ")" + settings + (path.isEmpty() ? "" : "  # " + path);
    }
}
