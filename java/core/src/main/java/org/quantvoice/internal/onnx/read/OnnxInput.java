package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Optional;

/**
 * An input of a graph.
 *
 * @param name of the value
 * @param type of its elements; empty if the file does not say
 * @param sizes of its axes: numbers, or -1 where a size is free; empty if the file does not say how many axes it has
 * @param names of sizes that are free; empty texts for others
 */
public record OnnxInput(String name, Optional<ElementType> type, Optional<List<Long>> sizes, List<String> names) {
    /** A size that the file leaves open. */
    public static final long FREE = -1;
}
