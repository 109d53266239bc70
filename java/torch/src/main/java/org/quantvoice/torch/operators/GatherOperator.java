package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/**
 * Emits {@code aten::gather}. For integers along the last axis (U2 models reverse their hypotheses so), each result is
 * the sum of a row in which all elements but one are set to zero. That is exact, and costs one addition per element of
 * the row, which is little for tokens.
 */
final class GatherOperator {
    private GatherOperator() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::gather", GatherOperator::gather);
    }

    private static Object gather(Call call) {
        Value x = call.value(0);
        Value index = call.value(2);
        int last = x.shape().rank() - 1;
        if (x.type() != DType.INT || call.axis(1, x) != last) {
            return TensorRef.of(IndexOperators.gather(call, x, call.axis(1, x), index));
        }
        List<Dim> rows = x.shape().dims().subList(0, last);
        if (!rows.equals(index.shape().dims().subList(0, last))) {
            throw call.unsupported("with indices " + index.shape() + " for " + x.shape());
        }
        Value places = integers(
                call,
                Op.ARANGE,
                Attributes.of("start", Dim.ZERO, "end", x.shape().dim(last), "step", 1));
        Value here = call.add(Op.EQ, Attributes.NONE, reshaped(call, index, last + 1), places);
        Value nothing = integers(call, Op.FILL, Attributes.of("shape", List.<Dim>of(), "value", Dim.ZERO));
        Value one = call.add(Op.WHERE, Attributes.NONE, here, reshaped(call, x, last), nothing);
        return call.emit(Op.SUM, Attributes.of("axes", new int[] {last + 1}), one);
    }

    private static Value integers(Call call, Op op, Attributes attributes) {
        return call.add(op, attributes.with("type", DType.INT.toString()));
    }

    private static Value reshaped(Call call, Value x, int axis) {
        Shape shape = x.shape();
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.add(axis, Dim.ONE);
        return call.add(Op.RESHAPE, Attributes.of("shape", dims), x);
    }
}
