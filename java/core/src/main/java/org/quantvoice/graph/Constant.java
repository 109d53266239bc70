package org.quantvoice.graph;

/**
 * A tensor that is part of the model.
 *
 * @param value how nodes refer to it; its name is {@link #name()}
 * @param data its elements
 * @param parameter whether it is a parameter or buffer of the model as it stands, so that its name is a dotted path;
 *     otherwise it was computed while importing
 */
public record Constant(Value value, TensorData data, boolean parameter) {

    public String name() {
        return value.name();
    }
}
