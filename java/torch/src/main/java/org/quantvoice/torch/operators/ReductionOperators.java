package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.Undecided;

/** Reductions over axes. */
final class ReductionOperators {

    private ReductionOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::mean", call -> plain(Op.MEAN, call));
        table.put("aten::sum", call -> plain(Op.SUM, call));
        table.put("aten::var", call -> TensorRef.of(variance(call)));
        table.put("aten::std", call -> call.emit(Op.SQRT, Attributes.NONE, variance(call)));
        table.put("aten::amax", call -> reduce(Op.REDUCE_MAX, call, axes(call, 1), call.flag(2)));
        table.put("aten::max", ReductionOperators::max);
        table.put("aten::min", ReductionOperators::min);
        table.put("aten::amin", call -> TensorRef.of(least(call, axes(call, 1), call.flag(2))));
        table.put("aten::logsumexp", ReductionOperators::logSum);
        table.put("aten::var_mean", call -> ScriptTuple.of(TensorRef.of(variance(call)), mean(call)));
        table.put(
                "aten::std_mean",
                call -> ScriptTuple.of(call.emit(Op.SQRT, Attributes.NONE, variance(call)), mean(call)));
        for (String name : java.util.List.of("aten::norm", "aten::linalg_vector_norm")) {
            table.put(name, ReductionOperators::norm);
        }
    }

    /** Emits a reduction. The overloads are (x, dtype) and (x, axes, keep, dtype). */
    private static Object plain(Op op, Call call) {
        boolean whole = call.count() <= 2;
        int typeAt = whole ? 1 : 3;
        Value x = call.value(0);
        if (!call.isNone(typeAt) && call.type(typeAt, x.type()) != x.type()) {
            x = call.add(
                    Op.CAST, Attributes.of("type", call.type(typeAt, x.type()).toString()), x);
        }
        int[] axes = whole ? all(x) : axes(call, 1);
        return call.emit(op, attributes(axes, !whole && call.flag(2)), x);
    }

    private static Attributes attributes(int[] axes, boolean keep) {
        Attributes attributes = Attributes.of("axes", axes);
        return keep ? attributes.with("keep", true) : attributes;
    }

    private static TensorRef reduce(Op op, Call call, int[] axes, boolean keep) {
        return call.emit(op, attributes(axes, keep), call.value(0));
    }

    private static int[] all(Value x) {
        return IntStream.range(0, x.shape().rank()).toArray();
    }

    /** Reads the axes of a reduction; None or an empty list stand for all axes. */
    private static int[] axes(Call call, int index) {
        Value x = call.value(0);
        if (call.isNone(index) || call.dims(index).isEmpty()) {
            return all(x);
        }
        int rank = x.shape().rank();
        return call.dims(index).stream()
                .mapToInt(d -> call.axis(d, rank))
                .sorted()
                .toArray();
    }

    /** Emits a variance. The overloads are (x, unbiased), (x, axes, unbiased, keep) and (x, axes, correction, keep). */
    private static Value variance(Call call) {
        boolean whole = call.count() <= 2;
        int at = whole ? 1 : 2;
        double correction = call.isNone(at) ? 1 : call.number(at);
        int[] axes = whole ? all(call.value(0)) : axes(call, 1);
        Attributes attributes = attributes(axes, !whole && call.flag(3)).with("correction", correction);
        return call.add(Op.VAR, attributes, call.value(0));
    }

    /**
     * Emits a maximum. The overloads are (x), (a, b) and (x, axis, keep), of which only the values are supported, not
     * the indices.
     */
    private static Object max(Call call) {
        if (call.count() == 2) {
            return ElementwiseOperators.binary(Op.MAXIMUM, "max", call, -1);
        }
        if (call.count() == 1) {
            return call.largest(0)
                    .map(TensorRef::of)
                    .orElseGet(() -> reduce(Op.REDUCE_MAX, call, all(call.value(0)), false));
        }
        int[] axes = {call.axis(1, call.value(0))};
        return ScriptTuple.of(reduce(Op.REDUCE_MAX, call, axes, call.flag(2)), new Undecided("indices of maxima"));
    }

    private static Object mean(Call call) {
        boolean whole = call.count() <= 2;
        int[] axes = whole ? all(call.value(0)) : axes(call, 1);
        return reduce(Op.MEAN, call, axes, !whole && call.flag(3));
    }

    private static Value least(Call call, int[] axes, boolean keep) {
        Formula f = new Formula(call);
        return f.of(Op.NEG, call.add(Op.REDUCE_MAX, attributes(axes, keep), f.of(Op.NEG, call.value(0))));
    }

    /** Emits a minimum, with the overloads of {@link #max}. */
    private static Object min(Call call) {
        if (call.count() == 2) {
            return ElementwiseOperators.binary(Op.MINIMUM, "min", call, -1);
        }
        if (call.count() == 1) {
            return TensorRef.of(least(call, all(call.value(0)), false));
        }
        int[] axes = {call.axis(1, call.value(0))};
        return ScriptTuple.of(TensorRef.of(least(call, axes, call.flag(2))), new Undecided("indices of minima"));
    }

    private static Object logSum(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int[] axes = axes(call, 1);
        Value largest = call.add(Op.REDUCE_MAX, attributes(axes, true), x);
        Value sum = f.summed(f.of(Op.EXP, f.minus(x, largest)), true, axes);
        Value result = f.plus(f.of(Op.LOG, sum), largest);
        if (call.count() > 2 && call.flag(2)) {
            return TensorRef.of(result);
        }
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < x.shape().rank(); i++) {
            int axis = i;
            if (IntStream.of(axes).noneMatch(a -> a == axis)) {
                dims.add(x.shape().dim(i));
            }
        }
        return TensorRef.of(f.shaped(result, dims));
    }

    /** Emits the Euclidean norm over axes. */
    private static Object norm(Call call) {
        if (call.count() < 4 || (!call.isNone(1) && call.number(1) != 2) || !call.isNone(4)) {
            throw call.unsupported("other than the Euclidean norm over axes");
        }
        Value x = call.value(0);
        Value square = call.add(Op.MUL, Attributes.NONE, x, x);
        Value sum = call.add(Op.SUM, attributes(axes(call, 2), call.flag(3)), square);
        return call.emit(Op.SQRT, Attributes.NONE, sum);
    }
}
