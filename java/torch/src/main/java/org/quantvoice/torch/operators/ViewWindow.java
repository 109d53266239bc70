package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/**
 * The place of a view, as the call of the operator that made it: the call is made again to read the view, and undone to
 * write it.
 *
 * @param call with the source as its first argument, and the other arguments as they were when the view was made
 * @param index of the view among the results, if the operator makes a list
 */
record ViewWindow(Call call, int index) implements TensorRef.Window {

    /**
     * Operators that always share memory. What may be a copy ({@code reshape}, {@code contiguous}, {@code to}) is not among
     * them: whether a change reaches the source is known to libtorch only.
     */
    static final Set<String> SHARING = Set.of(
            "aten::slice",
            "aten::select",
            "aten::narrow",
            "aten::transpose",
            "aten::swapaxes",
            "aten::swapdims",
            "aten::t",
            "aten::numpy_T",
            "aten::mT",
            "aten::permute",
            "aten::view",
            "aten::view_as",
            "aten::squeeze",
            "aten::unsqueeze",
            "aten::split",
            "aten::split_with_sizes",
            "aten::chunk",
            "aten::unbind",
            "aten::detach",
            "aten::alias");

    /** Operators whose result may have several elements at one place in memory. */
    static final Set<String> OVERLAPPING =
            Set.of("aten::expand", "aten::expand_as", "aten::broadcast_to", "aten::unfold", "aten::as_strided");

    /** Returns the place of a result of a call, or null if the result may be a copy. */
    static @Nullable ViewWindow of(Call call, int index) {
        return SHARING.contains(call.kind()) && call.tensor(0).range() == null
                ? new ViewWindow(frozen(call), index)
                : null;
    }

    /** Numbers that a model keeps in tensors may change in place later. */
    private static Call frozen(Call call) {
        Call frozen = call;
        for (int i = 1; i < call.count(); i++) {
            frozen = frozen.with(i, frozen(call, call.get(i)));
        }
        return frozen;
    }

    private static Object frozen(Call call, Object argument) {
        if (argument instanceof TensorRef tensor) {
            return call.emitSame(tensor);
        }
        if (argument instanceof List<?> list) {
            return list.stream().map(element -> frozen(call, element)).toList();
        }
        return argument;
    }

    @Override
    public TensorRef read() {
        Object again = Operators.copies(call);
        return (TensorRef) (again instanceof List<?> list ? list.get(index) : again);
    }

    @Override
    public TensorRef write(TensorRef source, TensorRef view) {
        Value before = call.value(source);
        Value after = call.value(view);
        Formula f = new Formula(call);
        return TensorRef.of(
                switch (call.kind()) {
                    case "aten::slice" -> put(f, before, after, SplitOperators.sliced(call.with(0, source), before));
                    case "aten::narrow" -> put(f, before, after, SplitOperators.narrowed(call.with(0, source), before));
                    case "aten::select" -> {
                        SplitOperators.Span at = SplitOperators.selected(call.with(0, source), before);
                        yield put(f, before, f.unsqueezed(after, at.axis()), at);
                    }
                    case "aten::transpose",
                            "aten::swapaxes",
                            "aten::swapdims",
                            "aten::t",
                            "aten::numpy_T",
                            "aten::mT" -> exchanged(view);
                    case "aten::permute" ->
                        f.permuted(after, inverse(before.shape().rank()));
                    case "aten::split", "aten::split_with_sizes", "aten::chunk" ->
                        joined(f, source, call.axis(2, before), after);
                    case "aten::unbind" -> {
                        int axis = call.axis(1, before);
                        SplitOperators.Span at = new SplitOperators.Span(axis, Dim.of(index), Dim.of(index + 1), 1);
                        yield put(f, before, f.unsqueezed(after, axis), at);
                    }
                    default -> f.shaped(after, before.shape().dims());
                });
    }

    /** Returns a tensor with other elements at some places of an axis. */
    private static Value put(Formula f, Value x, Value part, SplitOperators.Span span) {
        Dim size = x.shape().dim(span.axis());
        if (span.step() != 1) {
            return interleaved(f, x, part, span, size);
        }
        List<Value> parts = new ArrayList<>();
        if (!span.start().is(0)) {
            parts.add(f.slice(x, span.axis(), Dim.ZERO, span.start()));
        }
        parts.add(part);
        if (!size.minus(span.end()).is(0)) {
            parts.add(f.slice(x, span.axis(), span.end(), size));
        }
        return f.joined(span.axis(), parts);
    }

    /** Takes each element of the axis from the tensor, or from the part that is joined behind it. */
    private static Value interleaved(Formula f, Value x, Value part, SplitOperators.Span span, Dim size) {
        Value place = f.counted(size);
        Value from = f.of(Op.SUB, place, span.start());
        Value number = f.of(Op.FLOOR_DIV, from, Dim.of(span.step()));
        Value onStep = f.of(Op.EQ, f.minus(from, f.of(Op.MUL, number, Dim.of(span.step()))), Dim.ZERO);
        Value inside = f.of(Op.AND, f.of(Op.GE, place, span.start()), f.of(Op.LT, place, span.end()));
        Value changed = f.of(Op.AND, onStep, inside);
        Value places = f.where(changed, f.of(Op.ADD, number, size), place);
        return f.selected(f.joined(span.axis(), List.of(x, part)), span.axis(), places);
    }

    /** Applies an exchange of two axes again, which undoes it. */
    private Value exchanged(TensorRef view) {
        return call.value((TensorRef) Operators.copies(call.with(0, view)));
    }

    private int[] inverse(int rank) {
        List<Dim> order = call.dims(1);
        int[] inverse = new int[rank];
        for (int i = 0; i < rank; i++) {
            inverse[call.axis(order.get(i), rank)] = i;
        }
        return inverse;
    }

    private Value joined(Formula f, TensorRef source, int axis, Value after) {
        List<Value> parts = new ArrayList<>();
        for (Object part : (List<?>) Operators.copies(call.with(0, source))) {
            parts.add(parts.size() == index ? after : call.value((TensorRef) part));
        }
        return f.joined(axis, parts);
    }
}
