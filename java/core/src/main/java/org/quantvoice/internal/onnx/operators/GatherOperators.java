package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.SmallNumbers;

/** Translates operators that take elements at indices. */
final class GatherOperators {
    private GatherOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("Gather", GatherOperators::gather);
        table.put("GatherElements", GatherOperators::elements);
        table.put("GatherND", GatherOperators::nested);
        table.put("CumSum", GatherOperators::cumulative);
    }

    private static List<Operand> gather(Call call) {
        Value x = call.value(0);
        int axis = call.axis(0, x);
        Optional<Operand.Sizes> known = SmallNumbers.of(call.operand(1));
        boolean single = known.isPresent() && known.get().shape().isEmpty();
        if (single) {
            return call.like(
                    selected(call, x, axis, known.get().elements().get(0).top()));
        }
        Value places = inside(call, call.value(1), x.shape().dim(axis), known);
        boolean table = axis == 0
                && x.shape().rank() == 2
                && x.type() == DType.FLOAT
                && call.graph().constant(x).isPresent();
        if (table) {
            return call.like(call.add(Op.EMBEDDING, x, places));
        }
        Value flat = call.reshape(places, List.of(places.shape().size()));
        Value found = call.add(Op.INDEX_SELECT, Attributes.of("axis", axis), x, flat);
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(axis);
        dims.addAll(axis, places.shape().dims());
        return call.like(call.reshape(found, dims));
    }

    private static Value selected(Call call, Value x, int axis, Dim index) {
        Dim size = x.shape().dim(axis);
        Dim at = index.isAtMost(-1) ? index.plus(size) : index;
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(axis);
        return call.reshape(call.slice(x, axis, at, at.plus(1), 1), dims);
    }

    /** Returns indices counted from the front; indices that are counted up are so already. */
    private static Value inside(Call call, Value places, Dim size, Optional<Operand.Sizes> known) {
        boolean front = known.isPresent()
                ? known.get().elements().stream().allMatch(r -> r.top().isAtLeast(0))
                : call.graph()
                        .producer(places)
                        .filter(n -> n.op() == Op.ARANGE
                                && n.attributes().dim("start").isAtLeast(0)
                                && n.attributes().integer("step") > 0)
                        .isPresent();
        if (front) {
            return places;
        }
        Value behind = call.add(Op.LT, Attributes.of("scalar", Dim.ZERO), places);
        return call.add(Op.WHERE, behind, call.scalar(Op.ADD, places, size), places);
    }

    /**
     * Writes {@code GatherElements}, which has indices along one axis for every element, as a gather from the flat
     * tensor.
     */
    private static List<Operand> elements(Call call) {
        Value x = call.value(0);
        int axis = call.axis(0, x);
        Value places = inside(call, call.value(1), x.shape().dim(axis), SmallNumbers.of(call.operand(1)));
        Shape shape = places.shape();
        Value at = null;
        for (int i = 0; i < shape.rank(); i++) {
            List<Dim> column = new ArrayList<>(Build.ones(shape.rank()));
            column.set(i, shape.dim(i));
            Value own = i == axis ? places : call.reshape(call.counted(shape.dim(i)), column);
            at = at == null
                    ? own
                    : call.add(Op.ADD, call.scalar(Op.MUL, at, x.shape().dim(i)), own);
        }
        if (at == null) {
            throw call.unsupported("without an axis");
        }
        Value all = LayoutOperators.expanded(call, at, shape.dims());
        Value flat = call.reshape(x, List.of(x.shape().size()));
        Value ids = call.reshape(all, List.of(shape.size()));
        return call.like(call.reshape(call.add(Op.INDEX_SELECT, Attributes.of("axis", 0), flat, ids), shape.dims()));
    }

    /** Writes {@code GatherND}: each list of indices selects along the first axes. */
    private static List<Operand> nested(Call call) {
        Value x = call.value(0);
        Value places = call.value(1);
        Dim depth = places.shape().dim(-1);
        if (call.integer("batch_dims", 0) != 0 || !depth.isConstant()) {
            throw call.unsupported("row by row");
        }
        int axes = Math.toIntExact(depth.constant());
        int last = places.shape().rank() - 1;
        List<Dim> front = places.shape().dims().subList(0, last);
        Value at = null;
        for (int i = 0; i < axes; i++) {
            Value own = call.reshape(call.slice(places, last, Dim.of(i), Dim.of(i + 1L), 1), front);
            Value safe = inside(call, own, x.shape().dim(i), Optional.empty());
            at = at == null
                    ? safe
                    : call.add(Op.ADD, call.scalar(Op.MUL, at, x.shape().dim(i)), safe);
        }
        if (at == null) {
            throw call.unsupported("without places");
        }
        List<Dim> rest = x.shape().dims().subList(axes, x.shape().rank());
        List<Dim> merged = new ArrayList<>(rest);
        merged.add(0, new Shape(x.shape().dims().subList(0, axes)).size());
        Value ids = call.reshape(at, List.of(new Shape(front).size()));
        Value found = call.add(Op.INDEX_SELECT, Attributes.of("axis", 0), call.reshape(x, merged), ids);
        List<Dim> dims = new ArrayList<>(front);
        dims.addAll(rest);
        return call.like(call.reshape(found, dims));
    }

    static Value reversed(Call call, Value x, int axis) {
        Dim size = x.shape().dim(axis);
        Attributes down = Attributes.of("start", size.plus(-1), "end", Dim.of(-1), "step", -1, "type", "int");
        return call.add(Op.INDEX_SELECT, Attributes.of("axis", axis), x, call.add(Op.ARANGE, down));
    }

    private static List<Operand> cumulative(Call call) {
        Value x = call.value(0);
        if (call.integer("exclusive", 0) != 0) {
            throw call.unsupported("of what is before an element");
        }
        int axis = call.axis(call.dim(1).constant(), x.shape().rank());
        boolean backwards = call.integer("reverse", 0) != 0;
        Value sum = call.add(Op.CUMSUM, Attributes.of("axis", axis), backwards ? reversed(call, x, axis) : x);
        return call.like(backwards ? reversed(call, sum, axis) : sum);
    }
}
