package org.quantvoice.torch.values;

import java.util.Arrays;
import java.util.List;

/**
 * A tuple; lists, which can change, are {@code ArrayList}s.
 *
 * @param elements its elements
 */
public record ScriptTuple(List<Object> elements) {

    public ScriptTuple {
        elements = List.copyOf(elements);
    }

    public static ScriptTuple of(Object... elements) {
        return new ScriptTuple(Arrays.asList(elements));
    }
}
