package org.quantvoice.internal.program;

import java.util.List;
import java.util.function.LongSupplier;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/** The model's packed parameters, which steps find by address; addresses stay valid as long as the owner is open. */
public interface Weights {

    /**
     * A packed matrix.
     *
     * @param handle address for the executor; waits until the matrix is packed
     * @param kind 0 int8, 1 bfloat16, 2 float
     * @param k rows of the product's right side
     * @param n columns of the product's right side
     * @param unpacked whether weights of less than 8 bits are widened anew for each block of rows
     */
    record Matrix(LongSupplier handle, int kind, long k, long n, boolean unpacked) {}

    /** Returns the weights of linear layers with one input, side by side. */
    Matrix linear(List<Node> nodes);

    /**
     * Returns the weights of a convolution, one matrix for each group, for windows {@code [kernel][channels of the
     * group]}.
     */
    List<Matrix> convolution(Node node);

    /**
     * Returns the recurrent weights of one layer and direction, {@code [hidden, gates * hidden]}, with the recurrent
     * bias.
     */
    Matrix recurrent(Node node, int weight, int bias);

    /** Returns the input weights of one layer and direction. */
    Matrix recurrentInput(Node node, int weight, int bias);

    /** Returns the address of a constant's floats. */
    long floats(Value constant);

    /** Returns the address of depthwise weights as {@code [taps of the first axis][taps of the second][channels]}. */
    long depthwise(Node node);

    /** Returns a constant's floats on the heap, for small tensors that steps read through the arena. */
    float[] values(Value constant);
}
