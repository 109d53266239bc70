package org.quantvoice.onnx;

import java.util.List;

/** The ONNX form of each operator. */
final class Operators {
    private Operators() {}

    /** Writes a node and returns the names of its outputs. */
    static List<String> write(Call call) {
        return switch (call.node().op()) {
            case LSTM, GRU -> RecurrentOperators.write(call);
            case LINEAR, MATMUL, CONV1D, CONV2D -> List.of(ProductOperators.write(call));
            case ATTENTION -> List.of(AttentionOperator.write(call));
            case LAYER_NORM, GROUP_NORM, BATCH_NORM -> List.of(NormOperators.write(call));
            case SOFTMAX, LOG_SOFTMAX, CUMSUM, MEAN, SUM, VAR, REDUCE_MAX -> List.of(ReductionOperators.write(call));
            case SLICE, CONCAT, TRANSPOSE, RESHAPE, EXPAND, PAD, EMBEDDING, INDEX_SELECT, ARANGE, FILL, TRIANGLE, GLU ->
                List.of(LayoutOperators.write(call));
            case CAST, WHERE, MASKED_FILL, CLAMP -> List.of(ElementwiseOperators.write(call));
            case FRONT_END -> throw call.unsupported("the mel features of its input, which ONNX has no operator for");
            default ->
                List.of(call.node().op().isUnary() ? ElementwiseOperators.unary(call) : BinaryOperators.write(call));
        };
    }
}
