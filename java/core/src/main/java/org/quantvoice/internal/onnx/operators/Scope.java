package org.quantvoice.internal.onnx.operators;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.onnx.values.Operand;

/** Values of a graph by name, and those of the graph around it. */
final class Scope {
    private final Map<String, Operand> values;
    private final @Nullable Scope outer;

    Scope(Map<String, Operand> values, @Nullable Scope outer) {
        this.values = values;
        this.outer = outer;
    }

    void put(String name, Operand value) {
        values.put(name, value);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Operand get(String name, Function<String, Operand> missing) {
        Operand own = values.get(name);
        if (own != null) {
            return own;
        }
        return outer == null ? missing.apply(name) : outer.get(name, missing);
    }
}
