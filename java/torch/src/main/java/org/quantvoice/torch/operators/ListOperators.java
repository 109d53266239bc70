package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;
import org.quantvoice.torch.values.ScriptTuple;

/** Lists, tuples and the shapes of tensors. */
final class ListOperators {

    private ListOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("prim::ListConstruct", call -> new ArrayList<>(call.arguments()));
        table.put("prim::TupleConstruct", call -> new ScriptTuple(call.arguments()));
        table.put("prim::DictConstruct", ListOperators::dictionary);
        table.put("prim::TupleIndex", ListOperators::element);
        table.put("aten::__getitem__", ListOperators::element);
        table.put("aten::len", ListOperators::length);
        table.put("aten::__contains__", NumberArithmetic::contains);
        table.put("aten::append", ListOperators::append);
        for (String name : List.of("aten::list", "aten::Size")) {
            table.put(name, call -> new ArrayList<>(call.list(0)));
        }
        table.put("aten::size", ListOperators::size);
        table.put("prim::shape", ListOperators::size);
        table.put("aten::dim", call -> Dim.of(call.shape(0).rank()));
        table.put("aten::numel", call -> call.shape(0).size());
    }

    private static Object dictionary(Call call) {
        Map<Object, Object> result = new LinkedHashMap<>();
        for (int i = 0; i + 1 < call.count(); i += 2) {
            result.put(call.get(i), call.get(i + 1));
        }
        return result;
    }

    private static Object element(Call call) {
        if (call.get(0) instanceof Map<?, ?> named) {
            Object found = named.get(call.get(1));
            if (found == null) {
                throw call.unsupported("of the key " + call.get(1) + ", which the dictionary lacks");
            }
            return found;
        }
        List<?> list = call.list(0);
        int index = call.integer(1);
        return list.get(index < 0 ? index + list.size() : index);
    }

    private static Object length(Call call) {
        if (call.isTensor(0)) {
            return call.shape(0).dim(0);
        }
        if (call.get(0) instanceof Map<?, ?> named) {
            return Dim.of(named.size());
        }
        return Dim.of(
                call.get(0) instanceof String text
                        ? text.length()
                        : call.list(0).size());
    }

    @SuppressWarnings("unchecked") // this package makes every list of a script, as an ArrayList<Object>
    private static Object append(Call call) {
        ((List<Object>) call.get(0)).add(call.get(1));
        return call.get(0);
    }

    private static Object size(Call call) {
        Shape shape = call.shape(0);
        if (call.count() == 1) {
            return new ArrayList<Object>(shape.dims());
        }
        return shape.dim(call.integer(1));
    }

    /** Returns {@code list[start:end:step]}. */
    static Object slice(Call call) {
        List<?> list = call.list(0);
        int size = list.size();
        int step = call.isNone(3) ? 1 : call.integer(3);
        int start = call.isNone(1) ? 0 : clamp(call.integer(1), size);
        int end = call.isNone(2) ? size : clamp(call.integer(2), size);
        List<Object> result = new ArrayList<>();
        for (int i = start; i < end; i += step) {
            result.add(list.get(i));
        }
        return result;
    }

    private static int clamp(int index, int size) {
        return Math.max(0, Math.min(size, index < 0 ? index + size : index));
    }
}
