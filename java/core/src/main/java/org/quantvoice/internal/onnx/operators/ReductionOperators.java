package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates softmax, and sums, means and extremes over axes. */
final class ReductionOperators {
    private static final int ONE_AXIS = 13;

    private interface Reduction {
        Value of(Value x, Attributes axes);
    }

    private ReductionOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("Softmax", call -> softmax(call, Op.SOFTMAX));
        table.put("LogSoftmax", call -> softmax(call, Op.LOG_SOFTMAX));
        table.put("ReduceSum", call -> reduce(call, (x, axes) -> call.add(Op.SUM, axes, x)));
        table.put("ReduceMean", call -> reduce(call, (x, axes) -> call.add(Op.MEAN, axes, x)));
        table.put("ReduceMax", call -> reduce(call, (x, axes) -> call.add(Op.REDUCE_MAX, axes, x)));
        table.put("ReduceMin", call -> reduce(call, (x, axes) -> least(call, x, axes)));
        table.put("ReduceL1", call -> reduce(call, (x, axes) -> call.add(Op.SUM, axes, call.add(Op.ABS, x))));
        table.put("ReduceSumSquare", call -> reduce(call, (x, axes) -> squares(call, x, axes)));
        table.put("ReduceL2", call -> reduce(call, (x, axes) -> call.add(Op.SQRT, squares(call, x, axes))));
        table.put("ReduceLogSum", call -> reduce(call, (x, axes) -> call.add(Op.LOG, call.add(Op.SUM, axes, x))));
        table.put("ReduceProd", call -> {
            throw call.unsupported("of what the samples decide");
        });
    }

    private static Value squares(Call call, Value x, Attributes axes) {
        return call.add(Op.SUM, axes, call.add(Op.MUL, x, x));
    }

    private static Value least(Call call, Value x, Attributes axes) {
        if (x.type() == DType.BOOL) {
            return call.add(Op.NOT, call.add(Op.REDUCE_MAX, axes, call.add(Op.NOT, x)));
        }
        return call.add(Op.NEG, call.add(Op.REDUCE_MAX, axes, call.add(Op.NEG, x)));
    }

    private static List<Operand> reduce(Call call, Reduction reduction) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        Optional<List<Long>> given = call.optionalLongs("axes", 1).filter(list -> !list.isEmpty());
        if (given.isEmpty() && call.integer("noop_with_empty_axes", 0) != 0) {
            return List.of(call.operand(0));
        }
        int[] axes = given.map(list -> list.stream()
                        .mapToInt(axis -> call.axis(axis, rank))
                        .sorted()
                        .toArray())
                .orElse(IntStream.range(0, rank).toArray());
        Attributes attributes = Attributes.of("axes", axes);
        boolean keep = call.integer("keepdims", 1) != 0;
        return call.like(reduction.of(x, keep ? attributes.with("keep", true) : attributes));
    }

    /** Writes a softmax. Before operator set 13 all axes from the named one on form one row. */
    private static List<Operand> softmax(Call call, Op op) {
        Value x = call.value(0);
        boolean rows = call.opset() < ONE_AXIS;
        int rank = x.shape().rank();
        int axis = call.axis(rows ? 1 : -1, x);
        if (!rows || axis == rank - 1) {
            return call.like(call.add(op, Attributes.of("axis", axis), x));
        }
        List<Dim> dims = x.shape().dims();
        List<Dim> flat = List.of(new Shape(dims.subList(0, axis)).size(), new Shape(dims.subList(axis, rank)).size());
        Value result = call.add(op, Attributes.of("axis", 1), call.reshape(x, flat));
        return call.like(call.reshape(result, dims));
    }
}
