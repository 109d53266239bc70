package org.quantvoice.onnx;

import java.util.List;

/** Writes each operator of the graph in its ONNX form. */
final class Operators {
    private Operators() {}

    /** Writes a node and returns the names of its outputs. */
    static List<String> write(Call call) {
        return switch (call.node().op().kind()) {
            case RECURRENT -> RecurrentOperators.write(call);
            case PRODUCT -> List.of(ProductOperators.write(call));
            case NORM -> List.of(NormOperators.write(call));
            case REDUCTION -> List.of(ReductionOperators.write(call));
            case LAYOUT -> List.of(LayoutOperators.write(call));
            case CHOICE, UNARY -> List.of(ElementwiseOperators.write(call));
            case ARITHMETIC, COMPARISON, LOGIC -> List.of(BinaryOperators.write(call));
            case FRONT_END -> throw call.unsupported("the mel features of its input, which ONNX has no operator for");
        };
    }
}
