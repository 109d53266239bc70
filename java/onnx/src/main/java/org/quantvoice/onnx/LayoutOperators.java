package org.quantvoice.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;

/** Operators that move elements or make new ones. */
final class LayoutOperators {
    private LayoutOperators() {}

    static String write(Call call) {
        Attributes attributes = call.attributes();
        return switch (call.node().op()) {
            case SLICE -> slice(call);
            case CONCAT ->
                call.add(
                        "Concat",
                        IntStream.range(0, call.node().inputs().size())
                                .mapToObj(call::name)
                                .toList(),
                        Attribute.of("axis", attributes.integer("axis")));
            case TRANSPOSE -> call.add("Transpose", List.of(call.x()), Attribute.of("perm", attributes.ints("order")));
            case RESHAPE -> reshape(call, call.x(), call.value(0).shape(), call.shape());
            case EXPAND ->
                call.add("Expand", call.x(), call.sizes().list(call.shape().dims()));
            case PAD -> pad(call);
            case EMBEDDING -> call.add("Gather", List.of(call.x(), call.name(1)), Attribute.of("axis", 0L));
            case INDEX_SELECT ->
                call.add("Gather", List.of(call.x(), call.name(1)), Attribute.of("axis", attributes.integer("axis")));
            case ARANGE -> arange(call);
            case FILL -> fill(call);
            case TRIANGLE -> triangle(call);
            case GLU -> glu(call);
            default -> throw call.unsupported("no rule for it");
        };
    }

    private static String slice(Call call) {
        Attributes a = call.attributes();
        return call.add(
                "Slice",
                List.of(
                        call.x(),
                        call.sizes().of(a.dim("start")),
                        call.sizes().of(a.dim("end")),
                        call.out().longs(a.integer("axis")),
                        call.out().longs(a.integer("step"))));
    }

    /**
     * Writes a reshape. A size that depends on the input and stays at its axis is copied (0); if another one depends on
     * the input, the shape is computed.
     */
    static String reshape(Call call, String x, Shape from, Shape to) {
        long[] copied = new long[to.rank()];
        for (int axis = 0; axis < copied.length; axis++) {
            Dim dim = to.dim(axis);
            boolean same = axis < from.rank() && from.dim(axis).equals(dim);
            copied[axis] = dim.isConstant() && !dim.is(0) ? dim.constant() : same ? 0 : -1;
        }
        boolean known = IntStream.range(0, copied.length).noneMatch(i -> copied[i] < 0);
        return known
                ? call.add("Reshape", x, call.out().longs(copied))
                : call.add("Reshape", List.of(x, call.sizes().list(to.dims())), Attribute.of("allowzero", 1L));
    }

    private static String pad(Call call) {
        List<Dim> pads = call.attributes().dims("pads");
        List<Dim> ordered = new ArrayList<>(); // ONNX lists the pads before all axes, then those after all axes
        for (int side = 0; side < 2; side++) {
            for (int i = side; i < pads.size(); i += 2) {
                ordered.add(pads.get(i));
            }
        }
        String mode = call.attributes().text("mode");
        List<String> inputs = new ArrayList<>(List.of(call.x(), call.sizes().list(ordered)));
        if (mode.equals("constant")) {
            inputs.add(call.out().scalar(call.type(), call.attributes().number("value")));
        }
        return call.add("Pad", inputs, Attribute.of("mode", mode.equals("replicate") ? "edge" : mode));
    }

    /**
     * Writes a range. One that falls is a multiple of one that rises: ONNX Runtime's optimizer turns a falling range that
     * is gathered by into a slice, and takes its end -1 for the last element.
     */
    private static String arange(Call call) {
        Attributes a = call.attributes();
        if (a.integer("step") < 0) {
            String count = call.sizes().scalar(call.shape().dim(0));
            String rising = call.add("Range", List.of(whole(call, 0), count, whole(call, 1)));
            String falling = call.add("Mul", rising, whole(call, a.integer("step")));
            return call.cast(call.add("Add", falling, call.sizes().scalar(a.dim("start"))), DType.INT, call.type());
        }
        String range = call.add(
                "Range",
                List.of(
                        call.sizes().scalar(a.dim("start")),
                        call.sizes().scalar(a.dim("end")),
                        whole(call, a.integer("step"))));
        return call.cast(range, DType.INT, call.type());
    }

    private static String whole(Call call, int number) {
        return call.out().scalar(DType.INT, number);
    }

    private static String fill(Call call) {
        String shape = call.sizes().list(call.shape().dims());
        Attributes a = call.attributes();
        boolean fixed = !a.isInteger("value") || a.dim("value").isConstant();
        if (!fixed) {
            return call.add("Expand", call.scalar("value", call.type()), shape);
        }
        double value = a.isInteger("value") ? a.dim("value").constant() : a.number("value");
        return call.add(
                "ConstantOfShape", List.of(shape), Attribute.of("value", Tensors.filled(call.type(), value, 1)));
    }

    private static String triangle(Call call) {
        Attributes a = call.attributes();
        return call.add(
                "Trilu",
                List.of(call.x(), call.out().scalar(DType.INT, a.integer("diagonal"))),
                Attribute.of("upper", a.flag("upper") ? 1L : 0L));
    }

    private static String glu(Call call) {
        List<String> halves = call.out()
                .addAll(
                        "Split",
                        2,
                        List.of(call.x()),
                        Attribute.of("axis", call.attributes().integer("axis")));
        return call.add("Mul", halves.get(0), call.add("Sigmoid", halves.get(1)));
    }
}
