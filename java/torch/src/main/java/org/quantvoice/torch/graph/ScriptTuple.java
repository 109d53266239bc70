package org.quantvoice.torch.graph;

import java.util.Arrays;
import java.util.List;

/**
 * A tuple; lists, which can change, are {@code ArrayList}s.
 *
 * @param elements its elements
 */
record ScriptTuple(List<Object> elements) {

    ScriptTuple {
        elements = List.copyOf(elements);
    }

    static ScriptTuple of(Object... elements) {
        return new ScriptTuple(Arrays.asList(elements));
    }
}
