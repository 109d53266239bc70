package org.quantvoice.internal.onnx.operators;

import java.util.List;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates an ONNX operator into nodes of the graph. */
@FunctionalInterface
interface Operator {
    /** Returns its results, at least as many as the node uses. */
    List<Operand> apply(Call call);
}
