package org.quantvoice.torch.operators;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.Sizes;
import org.quantvoice.torch.values.TensorRef;

/** Operators that slice, split and concatenate tensors. */
final class SplitOperators {

    private static final int MAX_PARTS = 4096;

    private SplitOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::slice", SplitOperators::slice);
        table.put("aten::select", call -> select(call, call.value(0), call.axis(1, call.value(0)), call.dim(2)));
        table.put("aten::narrow", SplitOperators::narrow);
        for (String name : List.of("split", "split_with_sizes", "chunk")) {
            table.put("aten::unsafe_" + name, call -> requireNonNull(table.get("aten::" + name))
                    .apply(call));
        }
        table.put("aten::split", SplitOperators::split);
        table.put("aten::split_with_sizes", SplitOperators::split);
        table.put("aten::chunk", SplitOperators::chunk);
        table.put("aten::unbind", SplitOperators::unbind);
        for (String name : List.of("aten::cat", "aten::concat", "aten::concatenate")) {
            table.put(name, call -> concat(call, call.values(0)));
        }
        table.put("aten::stack", SplitOperators::stack);
        table.put("aten::repeat", SplitOperators::repeat);
        table.put("aten::pad", SplitOperators::pad);
        table.put("aten::constant_pad_nd", call -> pad(call, "constant", call.number(2)));
        for (String name : List.of("aten::reflection_pad1d", "aten::reflection_pad2d")) {
            table.put(name, call -> pad(call, "reflect", 0));
        }
        for (String name : List.of("aten::replication_pad1d", "aten::replication_pad2d")) {
            table.put(name, call -> pad(call, "replicate", 0));
        }
        table.put("aten::circular_pad1d", call -> pad(call, "circular", 0));
        table.put("aten::meshgrid", SplitOperators::grid);
    }

    private static Object slice(Call call) {
        if (!call.isTensor(0)) {
            return ListOperators.slice(call);
        }
        Value x = call.value(0);
        Span span = sliced(call, x);
        return TensorRef.of(part(call, x, span.axis, span.start, span.end, span.step));
    }

    /** Elements of an axis: those from {@code start} to before {@code end}, each {@code step}-th. */
    record Span(int axis, Dim start, Dim end, int step) {}

    static Span sliced(Call call, Value x) {
        int axis = call.axis(1, x);
        Dim size = x.shape().dim(axis);
        Dim start = call.isNone(2) ? Dim.ZERO : Sizes.bound(call.dim(2), size);
        Dim end = call.isNone(3) ? size : Sizes.bound(call.dim(3), size);
        if (end.minus(start).isAtMost(-1)) {
            end = start;
        }
        return new Span(axis, start, end, call.isNone(4) ? 1 : call.integer(4));
    }

    /** Returns the one element of an axis that {@code select} takes. */
    static Span selected(Call call, Value x) {
        int axis = call.axis(1, x);
        Dim at = Sizes.position(call.dim(2), x.shape().dim(axis));
        return new Span(axis, at, at.plus(1), 1);
    }

    static Span narrowed(Call call, Value x) {
        int axis = call.axis(1, x);
        Dim start = Sizes.position(call.dim(2), x.shape().dim(axis));
        return new Span(axis, start, start.plus(call.dim(3)), 1);
    }

    private static Value part(Call call, Value x, int axis, Dim start, Dim end, int step) {
        return call.add(Op.SLICE, Attributes.of("axis", axis, "start", start, "end", end, "step", step), x);
    }

    private static TensorRef select(Call call, Value x, int axis, Dim index) {
        Dim at = Sizes.position(index, x.shape().dim(axis));
        Value slice = part(call, x, axis, at, at.plus(1), 1);
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(axis);
        return call.emit(Op.RESHAPE, Attributes.of("shape", dims), slice);
    }

    private static Object narrow(Call call) {
        Value x = call.value(0);
        Span span = narrowed(call, x);
        return TensorRef.of(part(call, x, span.axis, span.start, span.end, 1));
    }

    private static Object split(Call call) {
        Value x = call.value(0);
        int axis = call.axis(2, x);
        if (call.get(1) instanceof Dim each) {
            return parts(call, x, axis, each);
        }
        List<Object> parts = new ArrayList<>();
        Dim at = Dim.ZERO;
        for (Dim size : call.dims(1)) {
            parts.add(TensorRef.of(part(call, x, axis, at, at.plus(size), 1)));
            at = at.plus(size);
        }
        return parts;
    }

    private static List<Object> parts(Call call, Value x, int axis, Dim each) {
        Dim size = x.shape().dim(axis);
        Dim count = size.plus(each).plus(-1).floorDiv(each);
        if (!count.isConstant() || count.constant() > MAX_PARTS) {
            throw call.unsupported("into " + count + " parts");
        }
        List<Object> parts = new ArrayList<>();
        for (long i = 0; i < count.constant(); i++) {
            Dim end = i + 1 == count.constant() ? size : each.times(i + 1);
            parts.add(TensorRef.of(part(call, x, axis, each.times(i), end, 1)));
        }
        return parts;
    }

    private static Object chunk(Call call) {
        Value x = call.value(0);
        int axis = call.axis(2, x);
        int chunks = call.integer(1);
        return parts(call, x, axis, x.shape().dim(axis).plus(chunks - 1).floorDiv(chunks));
    }

    private static Object unbind(Call call) {
        Value x = call.value(0);
        int axis = call.axis(1, x);
        Dim size = x.shape().dim(axis);
        if (!size.isConstant() || size.constant() > MAX_PARTS) {
            throw call.unsupported("into " + size + " parts");
        }
        List<Object> parts = new ArrayList<>();
        for (long i = 0; i < size.constant(); i++) {
            parts.add(select(call, x, axis, Dim.of(i)));
        }
        return parts;
    }

    private static Object concat(Call call, List<Value> parts) {
        List<Value> full = parts.stream().filter(v -> !isEmpty(v)).toList();
        List<Value> shaped =
                parts.stream().filter(v -> !v.shape().equals(Shape.of(0))).toList();
        List<Value> used = !full.isEmpty() ? full : shaped.isEmpty() ? parts : shaped;
        DType type = parts.stream().map(Value::type).reduce(DType.BOOL, DType::promote);
        Value[] operands = used.stream().map(v -> cast(call, v, type)).toArray(Value[]::new);
        return call.emit(Op.CONCAT, Attributes.of("axis", call.axis(1, operands[0])), operands);
    }

    /** Returns whether a tensor surely has no element, so that it adds nothing to others. */
    private static boolean isEmpty(Value value) {
        return value.shape().dims().stream().anyMatch(size -> size.is(0));
    }

    private static Value cast(Call call, Value x, DType type) {
        return call.add(Op.CAST, Attributes.of("type", type.toString()), x);
    }

    private static Object stack(Call call) {
        List<Value> parts = call.values(0);
        int axis = call.axis(call.dim(1), parts.get(0).shape().rank() + 1);
        Value[] operands = new Value[parts.size()];
        for (int i = 0; i < operands.length; i++) {
            List<Dim> dims = new ArrayList<>(parts.get(i).shape().dims());
            dims.add(axis, Dim.ONE);
            operands[i] = call.add(Op.RESHAPE, Attributes.of("shape", dims), parts.get(i));
        }
        return call.emit(Op.CONCAT, Attributes.of("axis", axis), operands);
    }

    private static Object repeat(Call call) {
        return repeat(call, call.dims(1));
    }

    static Object repeat(Call call, List<Dim> times) {
        Value x = call.value(0);
        List<Dim> dims = new ArrayList<>(
                java.util.Collections.nCopies(times.size() - x.shape().rank(), Dim.ONE));
        dims.addAll(x.shape().dims());
        x = call.add(Op.RESHAPE, Attributes.of("shape", dims), x);
        for (int axis = 0; axis < times.size(); axis++) {
            x = repeat(call, x, axis, times.get(axis));
        }
        return TensorRef.of(x);
    }

    private static Value repeat(Call call, Value x, int axis, Dim times) {
        if (times.is(1)) {
            return x;
        }
        Shape shape = x.shape();
        if (shape.dim(axis).is(1)) {
            return call.add(
                    Op.EXPAND, Attributes.of("shape", shape.with(axis, times).dims()), x);
        }
        if (!times.isConstant() || times.constant() < 1 || times.constant() > MAX_PARTS) {
            throw call.unsupported(times + " times along an axis of size " + shape.dim(axis));
        }
        Value[] copies = new Value[(int) times.constant()];
        Arrays.fill(copies, x);
        return call.add(Op.CONCAT, Attributes.of("axis", axis), copies);
    }

    private static Object pad(Call call) {
        double value = call.isNone(3) ? 0 : call.number(3);
        return pad(call, call.isNone(2) ? "constant" : (String) call.get(2), value);
    }

    /** Emits padding. libtorch lists pads from the last axis on, the graph from the first. */
    private static Object pad(Call call, String mode, double value) {
        Value x = call.value(0);
        List<Dim> given = call.dims(1);
        int rank = x.shape().rank();
        Dim[] pads = new Dim[2 * rank];
        Arrays.fill(pads, Dim.ZERO);
        for (int i = 0; i < given.size(); i++) {
            pads[2 * (rank - 1 - i / 2) + i % 2] = given.get(i);
        }
        if (mode.equals("circular")) {
            return TensorRef.of(circular(call, x, pads));
        }
        return call.emit(Op.PAD, Attributes.of("pads", Arrays.asList(pads), "mode", mode, "value", value), x);
    }

    /** Pads each end with the other end of the tensor. */
    private static Value circular(Call call, Value x, Dim... pads) {
        Formula f = new Formula(call);
        Value result = x;
        for (int axis = 0; axis < x.shape().rank(); axis++) {
            Dim size = x.shape().dim(axis);
            List<Value> parts = new ArrayList<>();
            if (!pads[2 * axis].is(0)) {
                parts.add(f.slice(result, axis, size.minus(pads[2 * axis]), size));
            }
            parts.add(result);
            if (!pads[2 * axis + 1].is(0)) {
                parts.add(f.slice(result, axis, Dim.ZERO, pads[2 * axis + 1]));
            }
            result = f.joined(axis, parts);
        }
        return result;
    }

    private static Object grid(Call call) {
        Formula f = new Formula(call);
        List<Value> axes = call.values(0);
        boolean byColumn = call.count() > 1 && "xy".equals(call.get(1)) && axes.size() > 1;
        List<Dim> shape = new ArrayList<>();
        axes.forEach(a -> shape.add(a.shape().size()));
        if (byColumn) {
            java.util.Collections.swap(shape, 0, 1);
        }
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            int at = byColumn && i < 2 ? 1 - i : i;
            List<Dim> own = new ArrayList<>(java.util.Collections.nCopies(shape.size(), Dim.ONE));
            own.set(at, shape.get(at));
            all.add(TensorRef.of(f.expanded(f.shaped(axes.get(i), own), shape)));
        }
        return all;
    }
}
