package org.quantvoice.onnx;

import java.util.List;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;

/** Sums, means and softmax along axes. */
final class ReductionOperators {
    private ReductionOperators() {}

    static String write(Call call) {
        return switch (call.node().op()) {
            case SOFTMAX -> alongAxis(call, "Softmax");
            case LOG_SOFTMAX -> alongAxis(call, "LogSoftmax");
            case CUMSUM ->
                call.add(
                        "CumSum",
                        call.as(call.type(), 0),
                        call.out().scalar(DType.INT, call.attributes().integer("axis")));
            case SUM -> sum(call, call.as(call.type(), 0));
            case MEAN -> reduce(call, "ReduceMean", call.as(DType.FLOAT, 0));
            case REDUCE_MAX -> max(call);
            case VAR -> variance(call);
            default -> throw call.unsupported("no rule for it");
        };
    }

    private static String alongAxis(Call call, String op) {
        return call.add(
                op, List.of(call.x()), Attribute.of("axis", call.attributes().integer("axis")));
    }

    private static long keep(Call call) {
        return call.attributes().flag("keep") ? 1 : 0;
    }

    private static String sum(Call call, String x) {
        int[] axes = call.attributes().ints("axes");
        String list =
                call.out().longs(java.util.Arrays.stream(axes).asLongStream().toArray());
        return call.add("ReduceSum", List.of(x, list), Attribute.of("keepdims", keep(call)));
    }

    private static String reduce(Call call, String op, String x) {
        return call.add(
                op,
                List.of(x),
                Attribute.of("axes", call.attributes().ints("axes")),
                Attribute.of("keepdims", keep(call)));
    }

    private static String max(Call call) {
        boolean truth = call.type() == DType.BOOL;
        String largest = reduce(call, "ReduceMax", truth ? call.as(DType.INT, 0) : call.x());
        return truth ? call.cast(largest, DType.INT, DType.BOOL) : largest;
    }

    private static String variance(Call call) {
        int[] axes = call.attributes().ints("axes");
        String x = call.as(DType.FLOAT, 0);
        String mean = call.add("ReduceMean", List.of(x), Attribute.of("axes", axes), Attribute.of("keepdims", 1L));
        String difference = call.add("Sub", x, mean);
        String squares = sum(call, call.add("Mul", difference, difference));
        Dim count = Dim.ONE;
        for (int axis : axes) {
            count = count.times(call.value(0).shape().dim(axis));
        }
        String size = call.cast(call.sizes().scalar(count), DType.INT, DType.FLOAT);
        String divisor = call.add("Sub", size, call.scalar(call.attributes().number("correction")));
        return call.add("Div", squares, call.add("Max", divisor, call.scalar(0)));
    }
}
