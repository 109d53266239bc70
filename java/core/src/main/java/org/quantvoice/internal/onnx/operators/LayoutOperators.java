package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
import org.quantvoice.internal.onnx.values.TransposedMatrix;

/** Translates operators that reorder, repeat or cut a tensor's elements. */
final class LayoutOperators {
    private static final int MOST_PARTS = 4096;

    private LayoutOperators() {}

    static void register(Map<String, Operator> table) {
        table.put(
                "Reshape",
                call -> shaped(call, Shapes.reshaped(call, call.shape(0).dims(), call.dims(1))));
        table.put(
                "Flatten",
                call -> shaped(call, Shapes.flattened(call, call.shape(0).dims())));
        table.put(
                "Squeeze",
                call -> shaped(call, Shapes.squeezed(call, call.shape(0).dims())));
        table.put(
                "Unsqueeze",
                call -> shaped(call, Shapes.unsqueezed(call, call.shape(0).dims())));
        table.put("Transpose", LayoutOperators::transpose);
        table.put("Expand", LayoutOperators::expand);
        table.put("Concat", LayoutOperators::concat);
        table.put("Slice", LayoutOperators::slice);
        table.put("Split", LayoutOperators::split);
        table.put("Tile", LayoutOperators::tile);
        table.put("Pad", LayoutOperators::pad);
        table.put("Trilu", LayoutOperators::triangle);
    }

    private static List<Operand> shaped(Call call, List<Dim> dims) {
        return call.like(call.reshape(call.value(0), dims));
    }

    private static List<Operand> transpose(Call call) {
        int rank = call.shape(0).rank();
        int[] order = call.hasAttribute("perm")
                ? call.ints("perm", rank, 0)
                : IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
        boolean matrix = Arrays.equals(order, new int[] {1, 0});
        if (matrix && call.operand(0) instanceof Operand.Stored stored) {
            return List.of(new Operand.Stored(stored.weight().transposed()));
        }
        if (matrix
                && call.operand(0) instanceof Operand.Fixed fixed
                && fixed.data().type() == DType.FLOAT) {
            return List.of(transposed(fixed));
        }
        return call.like(call.transpose(call.value(0), order));
    }

    /** Returns a matrix of the model with rows and columns exchanged. */
    static Operand.Fixed transposed(Operand.Fixed fixed) {
        return new Operand.Fixed(
                fixed.name(),
                fixed.type(),
                fixed.data() instanceof TransposedMatrix turned ? turned.source() : new TransposedMatrix(fixed.data()));
    }

    private static List<Operand> expand(Call call) {
        return call.like(
                expanded(call, call.value(0), Shapes.broadcast(call.shape(0).dims(), call.dims(1))));
    }

    /** Returns a tensor repeated to a shape to which it broadcasts. */
    static Value expanded(Call call, Value x, List<Dim> shape) {
        List<Dim> front = new ArrayList<>(Build.ones(shape.size() - x.shape().rank()));
        front.addAll(x.shape().dims());
        return call.add(Op.EXPAND, Attributes.of("shape", shape), call.reshape(x, front));
    }

    private static List<Operand> concat(Call call) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < call.count(); i++) {
            boolean empty = call.shape(i).dims().stream().anyMatch(d -> d.is(0));
            if (!empty || i == call.count() - 1 && parts.isEmpty()) {
                parts.add(call.value(i));
            }
        }
        int axis = call.axis(
                call.attribute("axis").as(Long.class), parts.get(0).shape().rank());
        return call.like(call.add(Op.CONCAT, Attributes.of("axis", axis), parts.toArray(Value[]::new)));
    }

    private static List<Operand> slice(Call call) {
        Value x = call.value(0);
        boolean old = call.hasAttribute("starts");
        List<Dim> starts = old ? dims(call.longs("starts", 1)) : call.dims(1);
        List<Dim> ends = old ? dims(call.longs("ends", 2)) : call.dims(2);
        Optional<List<Long>> axes = call.optionalLongs("axes", 3);
        List<Long> steps = old || !call.has(4) ? Collections.nCopies(starts.size(), 1L) : call.longs("steps", 4);
        if (ends.size() != starts.size()
                || steps.size() != starts.size()
                || axes.isPresent() && axes.get().size() != starts.size()) {
            throw call.unsupported("with lists of different lengths");
        }
        for (int i = 0; i < starts.size(); i++) {
            int axis = call.axis(
                    axes.isPresent() ? axes.get().get(i) : i, x.shape().rank());
            x = sliced(call, x, axis, starts.get(i), ends.get(i), steps.get(i));
        }
        return call.like(x);
    }

    private static List<Dim> dims(List<Long> numbers) {
        return numbers.stream().map(Dim::of).toList();
    }

    private static Value sliced(Call call, Value x, int axis, Dim from, Dim to, long step) {
        Dim size = x.shape().dim(axis);
        if (step < 0) {
            boolean whole = step == -1 && from.is(-1) && to.isAtMost(-Integer.MAX_VALUE);
            boolean whole2 = step == -1 && from.isAtLeast(Integer.MAX_VALUE) && to.isAtMost(-Integer.MAX_VALUE);
            if (!whole && !whole2) {
                throw call.unsupported("from " + from + " to " + to + " in steps of " + step);
            }
            return GatherOperators.reversed(call, x, axis);
        }
        Dim start = Shapes.bound(from, size);
        Dim end = Shapes.bound(to, size);
        return call.slice(x, axis, start, end.minus(start).isAtMost(-1) ? start : end, Math.toIntExact(step));
    }

    private static List<Operand> split(Call call) {
        Value x = call.value(0);
        int axis = call.axis(0, x);
        Dim size = x.shape().dim(axis);
        List<Dim> sizes = call.hasAttribute("split")
                ? dims(call.longs("split", 1))
                : call.has(1) ? call.dims(1) : equal(call, size);
        List<Operand> parts = new ArrayList<>();
        Dim at = Dim.ZERO;
        for (int i = 0; i < sizes.size(); i++) {
            Dim end = at.plus(sizes.get(i));
            parts.add(call.like(call.slice(x, axis, at, end, 1)).get(0));
            at = end;
        }
        if (!at.equals(size)) {
            throw call.unsupported("into parts of " + sizes + ", which are " + at + " of " + size);
        }
        return parts;
    }

    /** Cuts an axis into as many parts as there are results; the last may be smaller. */
    private static List<Dim> equal(Call call, Dim size) {
        int count = Math.toIntExact(
                call.integer("num_outputs", call.node().outputs().size()));
        if (count < 1 || count > MOST_PARTS) {
            throw call.unsupported("into " + count + " parts");
        }
        Dim each = size.plus(count - 1).floorDiv(count);
        List<Dim> sizes = new ArrayList<>(Collections.nCopies(count - 1, each));
        sizes.add(size.minus(each.times(count - 1)));
        return sizes;
    }

    private static List<Operand> tile(Call call) {
        Value x = call.value(0);
        List<Dim> times = call.dims(1);
        if (times.size() != x.shape().rank()) {
            throw call.unsupported("by " + times);
        }
        for (int axis = 0; axis < times.size(); axis++) {
            if (!times.get(axis).is(1)) {
                Shape shape = x.shape();
                List<Dim> apart = new ArrayList<>(shape.dims());
                apart.add(axis, Dim.ONE);
                List<Dim> repeated = new ArrayList<>(apart);
                repeated.set(axis, times.get(axis));
                Value all = call.add(Op.EXPAND, Attributes.of("shape", repeated), call.reshape(x, apart));
                x = call.reshape(
                        all,
                        shape.with(axis, shape.dim(axis).times(times.get(axis))).dims());
            }
        }
        return call.like(x);
    }

    private static List<Operand> pad(Call call) {
        Value x = call.value(0);
        List<Dim> given = call.hasAttribute("pads") ? dims(call.longs("pads", 1)) : call.dims(1);
        int rank = x.shape().rank();
        List<Long> axes = call.has(3)
                ? call.longs("axes", 3)
                : IntStream.range(0, rank).mapToObj(i -> (long) i).toList();
        if (given.size() != 2 * axes.size()) {
            throw call.unsupported("by " + given);
        }
        List<Dim> pads = new ArrayList<>(Collections.nCopies(2 * rank, Dim.ZERO));
        for (int i = 0; i < axes.size(); i++) {
            int axis = call.axis(axes.get(i), rank);
            Dim before = given.get(i);
            Dim after = given.get(i + axes.size());
            x = cut(call, x, axis, before, after);
            pads.set(2 * axis, before.isAtMost(-1) ? Dim.ZERO : before);
            pads.set(2 * axis + 1, after.isAtMost(-1) ? Dim.ZERO : after);
        }
        String mode = call.text("mode", "constant");
        if (!List.of("constant", "reflect", "edge").contains(mode)) {
            throw call.unsupported("by '" + mode + "'");
        }
        return call.like(call.pad(x, pads, mode.equals("edge") ? "replicate" : mode, filling(call)));
    }

    private static double filling(Call call) {
        if (call.hasAttribute("value")) {
            return call.real("value", 0);
        }
        if (!call.has(2)) {
            return 0;
        }
        return call.number(2).orElseThrow(() -> call.unsupported("with a value that depends on the samples"));
    }

    /** Cuts elements off where padding is below 0. */
    private static Value cut(Call call, Value x, int axis, Dim before, Dim after) {
        Dim start = before.isAtMost(-1) ? before.times(-1) : Dim.ZERO;
        Dim size = x.shape().dim(axis);
        Dim end = after.isAtMost(-1) ? size.plus(after) : size;
        return call.slice(x, axis, start, end, 1);
    }

    private static List<Operand> triangle(Call call) {
        int diagonal = 0;
        if (call.has(1)) {
            Dim given = call.dim(1);
            if (!given.isConstant()) {
                throw call.unsupported("with a diagonal of " + given);
            }
            diagonal = Math.toIntExact(given.constant());
        }
        Attributes attributes = Attributes.of("diagonal", diagonal);
        boolean upper = call.integer("upper", 1) != 0;
        return call.like(call.add(Op.TRIANGLE, upper ? attributes.with("upper", true) : attributes, call.value(0)));
    }
}
