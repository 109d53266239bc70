package org.quantvoice.internal.onnx.operators;

import java.util.List;
import org.quantvoice.internal.onnx.values.Operand;

/** An ONNX operator in terms of the graph. */
@FunctionalInterface
interface Operator {
    /** Its results, at least as many as the node uses. */
    List<Operand> apply(Call call);
}
