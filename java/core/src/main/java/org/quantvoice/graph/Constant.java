package org.quantvoice.graph;

/**
 * A tensor that is part of the model.
 *
 * @param value the value by which nodes refer to it; its name is {@link #name()}
 * @param data its elements
 * @param parameter whether it is an unchanged parameter or buffer of the model, whose name is a dotted path; other
 *     constants were computed while importing
 */
public record Constant(Value value, TensorData data, boolean parameter) {

    public String name() {
        return value.name();
    }
}
