package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.TensorRef;

/** Operators that select elements by integer indices, in another order or more than once. */
final class IndexOperators {
    private IndexOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::index", IndexOperators::index);
        table.put(
                "aten::index_select",
                call -> TensorRef.of(places(call, call.value(0), call.axis(1, call.value(0)), call.value(2))));
        table.put("aten::take_along_dim", IndexOperators::gatherAlong);
        table.put("aten::flip", IndexOperators::flip);
        table.put("aten::fliplr", call -> TensorRef.of(reversed(call, call.value(0), 1)));
        table.put("aten::roll", IndexOperators::roll);
        table.put("aten::repeat_interleave", IndexOperators::repeatEach);
        table.put("aten::tile", call -> SplitOperators.repeat(call, tiles(call)));
        for (String name : List.of("aten::movedim", "aten::moveaxis")) {
            table.put(name, IndexOperators::moved);
        }
        for (String name : List.of("aten::swapaxes", "aten::swapdims")) {
            table.put(name, table.get("aten::transpose"));
        }
    }

    /** Selects elements of one axis by index; negative indices count from the end. */
    private static Value places(Call call, Value x, int axis, Value places) {
        Formula f = new Formula(call);
        Dim size = x.shape().dim(axis);
        Value inside = places;
        if (!call.uniforms().isAtLeastZero(places)) {
            inside = f.where(f.of(Op.LT, places, Dim.ZERO), f.of(Op.ADD, places, size), places);
        }
        if (places.shape().rank() == 1) {
            return f.selected(x, axis, inside);
        }
        Value flat = f.selected(x, axis, f.shaped(inside, List.of(places.shape().size())));
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(axis);
        dims.addAll(axis, places.shape().dims());
        return f.shaped(flat, dims);
    }

    /** Emits {@code x[a, b, ..]}, where the indexed axes are neighbours, or where a mask keeps everything. */
    private static Object index(Call call) {
        Value x = call.value(0);
        List<?> given = call.list(1);
        int first = 0;
        while (first < given.size() && given.get(first) == Nothing.NONE) {
            first++;
        }
        List<Value> places = new ArrayList<>();
        for (Object each : given.subList(first, given.size())) {
            if (each == Nothing.NONE) {
                throw call.unsupported("by places of axes that are no neighbours");
            }
            places.add(call.value((TensorRef) each));
        }
        if (places.size() == 1 && places.get(0).type() == DType.BOOL) {
            return masked(call, x, first, places.get(0));
        }
        return TensorRef.of(joined(call, x, first, places));
    }

    private static Object masked(Call call, Value x, int axis, Value mask) {
        Optional<Boolean> all = call.uniforms().truth(mask);
        if (all.isEmpty() || !all.get()) {
            throw call.unsupported("by a mask that depends on the input");
        }
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        Dim merged = Dim.ONE;
        for (int i = 0; i < mask.shape().rank(); i++) {
            merged = merged.times(dims.remove(axis));
        }
        dims.add(axis, merged);
        return TensorRef.of(new Formula(call).shaped(x, dims));
    }

    private static Value joined(Call call, Value x, int first, List<Value> places) {
        Formula f = new Formula(call);
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        Dim merged = Dim.ONE;
        Value at = null;
        for (Value each : places) {
            Dim size = dims.remove(first);
            merged = merged.times(size);
            Value inside = each;
            if (!call.uniforms().isAtLeastZero(each)) {
                inside = f.where(f.of(Op.LT, each, Dim.ZERO), f.of(Op.ADD, each, size), each);
            }
            at = at == null ? inside : f.plus(f.of(Op.MUL, at, size), inside);
        }
        dims.add(first, merged);
        return places(call, f.shaped(x, dims), first, java.util.Objects.requireNonNull(at));
    }

    private static Object gatherAlong(Call call) {
        return TensorRef.of(gather(call, call.value(0), call.axis(2, call.value(0)), call.value(1)));
    }

    /** Gathers along one axis, where every row has its own indices, by indexing the flattened tensor. */
    static Value gather(Call call, Value x, int axis, Value places) {
        Formula f = new Formula(call);
        Shape shape = places.shape();
        Value at = null;
        for (int i = 0; i < shape.rank(); i++) {
            Value own = i == axis ? places : f.counted(shape.dim(i));
            for (int behind = i + 1; i != axis && behind < shape.rank(); behind++) {
                own = f.unsqueezed(own, own.shape().rank());
            }
            at = at == null ? own : f.plus(f.of(Op.MUL, at, x.shape().dim(i)), own);
        }
        Value flat = f.shaped(x, List.of(x.shape().size()));
        Value all = f.expanded(java.util.Objects.requireNonNull(at), shape.dims());
        return f.shaped(f.selected(flat, 0, f.shaped(all, List.of(shape.size()))), shape.dims());
    }

    private static Object flip(Call call) {
        Value x = call.value(0);
        for (Dim axis : call.dims(1)) {
            x = reversed(call, x, call.axis(axis, x.shape().rank()));
        }
        return TensorRef.of(x);
    }

    private static Value reversed(Call call, Value x, int axis) {
        Dim size = x.shape().dim(axis);
        Attributes down =
                Attributes.of("start", size.plus(-1), "end", Dim.of(-1), "step", -1, "type", DType.INT.toString());
        return new Formula(call).selected(x, axis, call.add(Op.ARANGE, down));
    }

    private static Object roll(Call call) {
        Formula f = new Formula(call);
        List<Dim> shifts = call.dims(1);
        Value source = call.value(0);
        boolean flat = call.dims(2).isEmpty();
        Value x = flat ? f.shaped(source, List.of(source.shape().size())) : source;
        for (int i = 0; i < shifts.size(); i++) {
            int axis = flat ? 0 : call.axis(call.dims(2).get(i), x.shape().rank());
            Dim size = x.shape().dim(axis);
            Dim shift = shifts.get(i).mod(size);
            Dim cut = size.minus(shift);
            x = f.joined(axis, List.of(f.slice(x, axis, cut, size), f.slice(x, axis, Dim.ZERO, cut)));
        }
        return TensorRef.of(flat ? f.shaped(x, source.shape().dims()) : x);
    }

    /** Repeats each element several times in a row. */
    private static Object repeatEach(Call call) {
        Object times = call.scalar(call.get(1));
        if (!(times instanceof Dim count)) {
            throw call.unsupported("as often as a tensor says");
        }
        Formula f = new Formula(call);
        Value x = call.isNone(2) ? f.shaped(call.value(0), List.of(call.shape(0).size())) : call.value(0);
        int axis = call.isNone(2) ? 0 : call.axis(2, x);
        return TensorRef.of(repeatEach(f, x, axis, count));
    }

    static Value repeatEach(Formula f, Value x, int axis, Dim count) {
        List<Dim> spread = new ArrayList<>(x.shape().dims());
        spread.add(axis + 1, count);
        Value repeated = f.expanded(f.unsqueezed(x, axis + 1), spread);
        return f.shaped(
                repeated, x.shape().with(axis, x.shape().dim(axis).times(count)).dims());
    }

    private static List<Dim> tiles(Call call) {
        List<Dim> times = new ArrayList<>(call.dims(1));
        int missing = call.shape(0).rank() - times.size();
        times.addAll(0, Collections.nCopies(Math.max(0, missing), Dim.ONE));
        return times;
    }

    private static Object moved(Call call) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        List<Dim> from = call.dims(1);
        List<Dim> to = call.dims(2);
        Integer[] order = new Integer[rank];
        List<Integer> rest = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            rest.add(i);
        }
        for (int i = 0; i < from.size(); i++) {
            int source = call.axis(from.get(i), rank);
            order[call.axis(to.get(i), rank)] = source;
            rest.remove(Integer.valueOf(source));
        }
        int[] axes = new int[rank];
        for (int i = 0; i < rank; i++) {
            axes[i] = order[i] == null ? rest.remove(0) : order[i];
        }
        return TensorRef.of(new Formula(call).permuted(x, axes));
    }
}
