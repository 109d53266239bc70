package org.quantvoice.internal.program;

import java.util.List;
import java.util.function.LongSupplier;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/** Where steps find the model's packed parameters: addresses that stay valid as long as the owner is open. */
public interface Weights {

    /**
     * A packed matrix.
     *
     * @param handle for the executor; waits until the matrix is packed
     * @param kind 0 int8, 1 bfloat16, 2 float
     * @param k rows of the product's right side
     * @param n its columns
     * @param unpacked whether weights of less than 8 bits are widened anew for each block of rows
     */
    record Matrix(LongSupplier handle, int kind, long k, long n, boolean unpacked) {}

    /** The weights of linear layers with one input, side by side. */
    Matrix linear(List<Node> nodes);

    /** The weights of a convolution, one matrix a group, for windows {@code [kernel][channels of the group]}. */
    List<Matrix> convolution(Node node);

    /** The recurrent weights of one layer and direction, {@code [hidden, gates * hidden]}, with the recurrent bias. */
    Matrix recurrent(Node node, int weight, int bias);

    /** The input weights of one layer and direction. */
    Matrix recurrentInput(Node node, int weight, int bias);

    /** Address of a constant's floats. */
    long floats(Value constant);

    /**
     * Address of depthwise weights as {@code [kernel][repeats][channels]}.
     *
     * @param column of the kernel's second axis; 0 for a convolution over one axis
     * @param repeats how often the channels stand in a row
     */
    long depthwise(Node node, int column, long repeats);

    /** Address of a constant's floats, all of them so many times in turn. */
    long repeated(Value constant, long times);

    /** A constant's floats on the heap, for small tensors that steps read through the arena. */
    float[] values(Value constant);
}
