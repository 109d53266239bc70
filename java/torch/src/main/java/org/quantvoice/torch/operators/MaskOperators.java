package org.quantvoice.torch.operators;

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
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * Operators that make and use masks. A mask that excludes nothing, such as that of a batch without padding, leaves no
 * node in the graph.
 */
final class MaskOperators {
    private MaskOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::masked_fill", MaskOperators::maskedFill);
        table.put("aten::where", MaskOperators::where);
        table.put("aten::all", call -> all(call));
        table.put("aten::any", call -> any(call));
        table.put("aten::sort", MaskOperators::sort);
        table.put("aten::scatter", MaskOperators::scatter);
        table.put("aten::cumsum", MaskOperators::cumulative);
        table.put("aten::eye", MaskOperators::unit);
    }

    static Value requireBool(Call call, int index) {
        Value value = call.value(index);
        if (value.type() != DType.BOOL) {
            throw call.unsupported("bits of " + value.type());
        }
        return value;
    }

    private static Object maskedFill(Call call) {
        Value x = call.value(0);
        Value mask = requireBool(call, 1);
        Optional<Boolean> closed = call.uniforms().truth(mask);
        if (closed.isPresent() && !closed.get()) {
            return call.emitSame(call.tensor(0));
        }
        return call.emit(Op.MASKED_FILL, Attributes.of("value", call.number(2)), x, mask);
    }

    private static Object where(Call call) {
        if (call.count() != 3) {
            throw call.unsupported("positions of true elements");
        }
        DType type = call.isTensor(1)
                ? call.value(1).type()
                : call.isTensor(2) ? call.value(2).type() : DType.FLOAT;
        Value condition = requireBool(call, 0);
        Value yes = branch(call, 1, type);
        Value no = branch(call, 2, type);
        Optional<Boolean> known = call.uniforms().truth(condition);
        Value chosen = known.isPresent() && known.get() ? yes : no;
        Value all = call.add(Op.WHERE, Attributes.NONE, condition, yes, no);
        boolean same = known.isPresent()
                && chosen.type() == all.type()
                && chosen.shape().equals(all.shape());
        return TensorRef.of(same ? chosen : all);
    }

    private static Value branch(Call call, int index, DType type) {
        if (call.isTensor(index)) {
            return call.value(index);
        }
        Object number = call.scalar(call.get(index));
        DType own = number instanceof Double ? DType.FLOAT : type;
        Object value = type == DType.FLOAT ? (Object) call.number(index) : number;
        List<Dim> none = List.of();
        return call.add(Op.FILL, Attributes.of("shape", none, "value", value, "type", own.toString()));
    }

    static Value truths(Call call) {
        Value x = call.value(0);
        return x.type() == DType.BOOL ? x : new Formula(call).cast(x, DType.BOOL);
    }

    private static Object any(Call call) {
        if (call.get(0) instanceof List<?> list) {
            return list.stream().anyMatch(each -> truth(call, each));
        }
        return call.emit(Op.REDUCE_MAX, axes(call), truths(call));
    }

    private static Object all(Call call) {
        if (call.get(0) instanceof List<?> list) {
            return list.stream().allMatch(each -> truth(call, each));
        }
        Value no = call.add(Op.NOT, Attributes.NONE, truths(call));
        return call.emit(Op.NOT, Attributes.NONE, call.add(Op.REDUCE_MAX, axes(call), no));
    }

    /** Returns the truth of an element of a list: a truth value or a number. */
    private static boolean truth(Call call, Object element) {
        Dim number = call.dim(element);
        if (!number.isConstant()) {
            throw call.unsupported("of a number that depends on the input's length");
        }
        return !number.is(0);
    }

    private static Attributes axes(Call call) {
        Value x = call.value(0);
        int[] axes = call.count() == 1
                ? IntStream.range(0, x.shape().rank()).toArray()
                : call.dims(1).stream()
                        .mapToInt(d -> call.axis(d, x.shape().rank()))
                        .toArray();
        Attributes attributes = Attributes.of("axes", axes);
        return call.count() > 2 && call.flag(2) ? attributes.with("keep", true) : attributes;
    }

    /** Sorts tensors of equal numbers only: the elements stay where they are. */
    private static Object sort(Call call) {
        Value x = call.value(0);
        if (x.shape().rank() != 1 || call.uniforms().ratio(x).isEmpty()) {
            throw call.unsupported("of numbers that differ");
        }
        return ScriptTuple.of(
                call.emitSame(call.tensor(0)),
                TensorRef.of(new Formula(call).counted(x.shape().dim(0))));
    }

    /** Scatters to the indices 0, 1, .. only, for which the result is the source itself. */
    private static Object scatter(Call call) {
        Value x = call.value(0);
        boolean ordered = call.isTensor(3)
                && x.shape().rank() == 1
                && call.value(2).equals(new Formula(call).counted(x.shape().dim(0)));
        if (!ordered) {
            throw call.unsupported("to places other than 0, 1, ..");
        }
        return call.emitSame(call.tensor(3));
    }

    /**
     * Emits a cumulative sum. If all elements are one known integer, the sums are multiples of it, written without a
     * node for the sum.
     */
    private static Object cumulative(Call call) {
        Value x = call.value(0);
        int axis = call.axis(1, x);
        Optional<Object> each = call.uniforms().number(x);
        boolean whole = each.isPresent() && each.get() instanceof Dim && x.type() != DType.FLOAT;
        if (!whole) {
            return call.emit(Op.CUMSUM, Attributes.of("axis", axis), x);
        }
        Formula f = new Formula(call);
        Shape shape = x.shape();
        Value places = f.of(Op.MUL, f.of(Op.ADD, f.counted(shape.dim(axis)), Dim.ONE), (Dim) each.get());
        for (int behind = axis + 1; behind < shape.rank(); behind++) {
            places = f.unsqueezed(places, places.shape().rank());
        }
        return TensorRef.of(f.expanded(places, shape.dims()));
    }

    private static Object unit(Call call) {
        Formula f = new Formula(call);
        boolean square = call.count() < 6;
        Value rows = f.unsqueezed(f.counted(call.dim(0)), 1);
        Value columns = f.counted(square ? call.dim(0) : call.dim(1));
        DType type = call.type(square ? 1 : 2, DType.FLOAT);
        return TensorRef.of(f.cast(f.of(Op.EQ, rows, columns), type));
    }
}
