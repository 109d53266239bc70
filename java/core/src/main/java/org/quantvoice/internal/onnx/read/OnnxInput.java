package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Optional;

/**
 * An input of a graph.
 *
 * @param name of the value
 * @param type of its elements; empty if the file does not say
 * @param sizes sizes of its axes, or -1 for a free size; empty if the file does not give the number of axes
 * @param names names of free sizes; empty texts for others
 */
public record OnnxInput(String name, Optional<ElementType> type, Optional<List<Long>> sizes, List<String> names) {
    /** Stands for a size that the file leaves open. */
    public static final long FREE = -1;
}
