package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/** Operators that reorder, reshape or repeat a tensor's elements. */
final class LayoutOperators {

    private LayoutOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::transpose", LayoutOperators::transpose);
        table.put("aten::permute", LayoutOperators::permute);
        for (String name : List.of("aten::t", "aten::numpy_T", "aten::mT")) {
            table.put(name, LayoutOperators::transposeLast);
        }
        for (String name : List.of("aten::reshape", "aten::view", "aten::_unsafe_view")) {
            table.put(name, LayoutOperators::view);
        }
        table.put("aten::view_as", call -> reshape(call, call.shape(1).dims()));
        table.put("aten::reshape_as", call -> reshape(call, call.shape(1).dims()));
        table.put("aten::flatten", LayoutOperators::flatten);
        table.put("aten::unflatten", LayoutOperators::unflatten);
        table.put("aten::squeeze", LayoutOperators::squeeze);
        table.put("aten::unsqueeze", LayoutOperators::unsqueeze);
        table.put("aten::expand", call -> expand(call, call.dims(1)));
        table.put("aten::broadcast_to", call -> expand(call, call.dims(1)));
        table.put("aten::expand_as", call -> expand(call, call.shape(1).dims()));
        table.put("aten::tril", call -> triangle(call, false));
        table.put("aten::triu", call -> triangle(call, true));
        for (String name : List.of(
                "aten::contiguous",
                "aten::cpu",
                "aten::clone",
                "aten::detach",
                "aten::alias",
                "aten::positive",
                "aten::lift_fresh",
                "aten::lift_fresh_copy",
                "aten::requires_grad",
                "aten::resolve_conj",
                "aten::resolve_neg")) {
            table.put(name, call -> call.emitSame(call.tensor(0)));
        }
    }

    private static Object transpose(Call call) {
        Value x = call.value(0);
        List<Integer> order = natural(x.shape().rank());
        Collections.swap(order, call.axis(1, x), call.axis(2, x));
        return permuted(call, x, order);
    }

    private static List<Integer> natural(int rank) {
        return new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    }

    private static Object permuted(Call call, Value x, List<Integer> order) {
        int[] axes = order.stream().mapToInt(Integer::intValue).toArray();
        return call.emit(Op.TRANSPOSE, Attributes.of("order", axes), x);
    }

    private static Object permute(Call call) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        return permuted(
                call, x, call.dims(1).stream().map(d -> call.axis(d, rank)).toList());
    }

    private static Object transposeLast(Call call) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        List<Integer> order = natural(rank);
        if (rank >= 2) {
            Collections.swap(order, rank - 1, rank - 2);
        }
        return permuted(call, x, order);
    }

    private static Object view(Call call) {
        return reshape(call, inferred(call, call.dims(1), call.shape(0).size()));
    }

    static Object reshape(Call call, List<Dim> shape) {
        return call.emit(Op.RESHAPE, Attributes.of("shape", shape), call.value(0));
    }

    /** Returns the shape with its one -1 replaced by the size that makes it hold {@code size} elements. */
    private static List<Dim> inferred(Call call, List<Dim> shape, Dim size) {
        Dim known = Dim.ONE;
        for (Dim dim : shape) {
            known = dim.is(-1) ? known : known.times(dim);
        }
        List<Dim> result = new ArrayList<>(shape);
        int open = shape.indexOf(Dim.of(-1));
        if (open >= 0) {
            if (known.is(0)) {
                throw call.unsupported("a size to be inferred beside an empty axis");
            }
            result.set(open, size.floorDiv(known));
        }
        return result;
    }

    private static Object flatten(Call call) {
        Value x = call.value(0);
        Shape shape = x.shape();
        if (shape.rank() == 0) {
            return reshape(call, List.of(Dim.ONE));
        }
        int start = call.axis(1, x);
        int end = call.axis(2, x);
        Dim merged = new Shape(shape.dims().subList(start, end + 1)).size();
        List<Dim> dims = new ArrayList<>(shape.dims().subList(0, start));
        dims.add(merged);
        dims.addAll(shape.dims().subList(end + 1, shape.rank()));
        return reshape(call, dims);
    }

    private static Object unflatten(Call call) {
        Value x = call.value(0);
        int axis = call.axis(1, x);
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        Dim size = dims.remove(axis);
        dims.addAll(axis, inferred(call, call.dims(2), size));
        return reshape(call, dims);
    }

    private static Object squeeze(Call call) {
        Value x = call.value(0);
        Shape shape = x.shape();
        boolean all = call.count() == 1;
        List<Integer> axes = all
                ? natural(shape.rank())
                : call.dims(1).stream().map(d -> call.axis(d, shape.rank())).toList();
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < shape.rank(); i++) {
            Dim dim = shape.dim(i);
            if (axes.contains(i) && !dim.isConstant() && !dim.isAtLeast(2)) {
                throw call.unsupported("of an axis of size " + dim + ", which may or may not be 1");
            }
            if (!axes.contains(i) || !dim.is(1)) {
                dims.add(dim);
            }
        }
        return reshape(call, dims);
    }

    private static Object unsqueeze(Call call) {
        Shape shape = call.shape(0);
        int axis = call.axis(call.dim(1), shape.rank() + 1);
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.add(axis, Dim.ONE);
        return reshape(call, dims);
    }

    private static Object expand(Call call, List<Dim> target) {
        Value x = call.value(0);
        int added = target.size() - x.shape().rank();
        List<Dim> front = new ArrayList<>(Collections.nCopies(Math.max(0, added), Dim.ONE));
        front.addAll(x.shape().dims());
        Value widened = call.add(Op.RESHAPE, Attributes.of("shape", front), x);
        List<Dim> shape = new ArrayList<>();
        for (int i = 0; i < target.size(); i++) {
            shape.add(target.get(i).is(-1) ? front.get(i) : target.get(i));
        }
        return call.emit(Op.EXPAND, Attributes.of("shape", shape), widened);
    }

    private static Object triangle(Call call, boolean upper) {
        Attributes attributes = Attributes.of("diagonal", call.count() > 1 ? call.integer(1) : 0);
        return call.emit(Op.TRIANGLE, upper ? attributes.with("upper", true) : attributes, call.value(0));
    }
}
