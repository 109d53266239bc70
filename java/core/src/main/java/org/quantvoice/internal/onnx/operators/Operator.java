package org.quantvoice.internal.onnx.operators;

import java.util.List;

/** An ONNX operator in terms of the graph. */
@FunctionalInterface
interface Operator {
    /** Its results, at least as many as the node uses. */
    List<Operand> apply(Call call);
}
