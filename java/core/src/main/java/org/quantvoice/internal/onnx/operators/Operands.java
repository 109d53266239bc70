package org.quantvoice.internal.onnx.operators;

import java.util.OptionalDouble;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;

/** Answers questions about operands. */
final class Operands {
    private Operands() {}

    static ElementType type(Operand operand, Call call) {
        if (operand instanceof Operand.Fixed fixed) {
            return fixed.type();
        }
        if (operand instanceof Operand.Sizes sizes) {
            return sizes.type();
        }
        if (operand instanceof Operand.Live live) {
            return live.type();
        }
        if (operand instanceof Operand.Sequence || operand instanceof Operand.Absent) {
            throw call.unsupported("of a list of tensors");
        }
        return ElementType.FLOAT;
    }

    /** Returns the value of an operand that is one known number, with any axes of size 1. */
    static OptionalDouble number(Operand operand) {
        if (operand instanceof Operand.Fixed fixed && fixed.data().size() == 1) {
            return OptionalDouble.of(first(fixed.data()));
        }
        boolean single = operand instanceof Operand.Sizes sizes
                && sizes.elements().size() == 1
                && sizes.elements().get(0).isConstant();
        return single
                ? OptionalDouble.of(((Operand.Sizes) operand).elements().get(0).number())
                : OptionalDouble.empty();
    }

    private static double first(TensorData data) {
        double number = ArrayTensor.copyOf(data).get(0);
        return number;
    }

    /** Returns a float as the decimal number that its author wrote: 1e-5, not 9.9999997e-6. */
    static double decimal(float value) {
        return Float.isFinite(value) ? Double.parseDouble(Float.toString(value)) : value;
    }

    static int rank(Operand operand, Call call) {
        return call.evaluator().shape(operand, call).rank();
    }
}
