package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxAttribute;
import org.quantvoice.internal.onnx.read.OnnxTensor;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.Ratio;
import org.quantvoice.internal.onnx.values.SmallNumbers;

/** Translates operators that make new tensors: constants, shapes, ranges. */
final class Factories {
    private Factories() {}

    static void register(Map<String, Operator> table) {
        table.put("Constant", Factories::constant);
        table.put("ConstantOfShape", Factories::filled);
        table.put("Shape", Factories::shape);
        table.put("Size", call -> List.of(number(call.shape(0).size())));
        table.put("Range", Factories::range);
        table.put("EyeLike", Factories::unit);
        table.put("OneHot", Factories::oneHot);
    }

    static Operand whole(long number) {
        return number(Dim.of(number));
    }

    private static Operand number(Dim number) {
        return new Operand.Sizes(ElementType.INT64, List.of(), List.of(Ratio.of(number)));
    }

    static Operand truth(boolean value) {
        return new Operand.Sizes(ElementType.BOOL, List.of(), List.of(Ratio.of(value)));
    }

    private static List<Operand> constant(Call call) {
        for (OnnxAttribute attribute : call.node().attributes().values()) {
            Object value = attribute.value();
            String name = call.node().outputs().get(0);
            if (value instanceof OnnxTensor tensor) {
                return List.of(new Operand.Fixed(name, tensor.elements(), tensor));
            }
            if (value instanceof Long one) {
                return List.of(whole(one));
            }
            if (value instanceof Float one) {
                return List.of(new Operand.Fixed("", ElementType.FLOAT, ArrayTensor.of(new float[] {one})));
            }
            if (value instanceof long[] list) {
                return List.of(new Operand.Fixed("", ElementType.INT64, ArrayTensor.of(list, list.length)));
            }
            if (value instanceof float[] list) {
                return List.of(new Operand.Fixed("", ElementType.FLOAT, ArrayTensor.of(list, list.length)));
            }
        }
        throw call.unsupported("of something that is no tensor of numbers");
    }

    private static List<Operand> filled(Call call) {
        List<Dim> shape = call.dims(0);
        ElementType type = ElementType.FLOAT;
        Ratio value = Ratio.of(Dim.ZERO);
        double number = 0;
        if (call.hasAttribute("value")) {
            OnnxTensor tensor = call.attribute("value").as(OnnxTensor.class);
            if (tensor.size() != 1) {
                throw call.unsupported("with " + tensor);
            }
            type = tensor.elements();
            number = ArrayTensor.copyOf(tensor).get(0);
            value = Ratio.exact(number).orElse(value);
        }
        boolean small = shape.stream().allMatch(Dim::isConstant)
                && Materials.count(shape.stream().mapToLong(Dim::constant).toArray()) <= SmallNumbers.MOST
                && value.number() == number;
        if (small) {
            List<Long> sizes = shape.stream().map(Dim::constant).toList();
            int count = (int) Materials.count(sizes.stream().mapToLong(l -> l).toArray());
            return List.of(new Operand.Sizes(type, sizes, Collections.nCopies(count, value)));
        }
        Object kept = type.read() == DType.FLOAT ? (Object) number : Dim.of((long) number);
        Attributes attributes =
                Attributes.of("shape", shape, "value", kept, "type", type.read().toString());
        return List.of(call.result(call.add(Op.FILL, attributes), type));
    }

    private static List<Operand> shape(Call call) {
        List<Dim> dims = call.shape(0).dims();
        int rank = dims.size();
        long start = call.integer("start", 0);
        long end = call.integer("end", rank);
        int from = (int) Math.max(0, Math.min(rank, start < 0 ? start + rank : start));
        int to = (int) Math.max(from, Math.min(rank, end < 0 ? end + rank : end));
        return List.of(Operand.sizes(ElementType.INT64, List.of((long) (to - from)), dims.subList(from, to)));
    }

    /** Writes a range, whose step must be a whole number, also if it is a float. */
    private static List<Operand> range(Call call) {
        List<Ratio> numbers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Optional<Operand.Sizes> each = SmallNumbers.of(call.operand(i));
            if (each.isEmpty() || each.get().elements().size() != 1) {
                throw call.unsupported("between numbers that depend on the samples");
            }
            numbers.add(each.get().elements().get(0));
        }
        Ratio step = numbers.get(2);
        boolean plain = numbers.get(0).isWhole()
                && step.isWhole()
                && step.isConstant()
                && !step.top().is(0);
        if (!plain) {
            throw call.unsupported("from " + numbers.get(0) + " in steps of " + step);
        }
        boolean up = step.top().constant() > 0;
        Dim end = up ? numbers.get(1).ceil().top() : numbers.get(1).floor().top();
        ElementType type = call.type(0);
        Value made = call.add(
                Op.ARANGE,
                Attributes.of(
                        "start",
                        numbers.get(0).top(),
                        "end",
                        end,
                        "step",
                        step.top(),
                        "type",
                        type.read().toString()));
        return List.of(call.result(made, type));
    }

    private static List<Operand> unit(Call call) {
        List<Dim> dims = call.shape(0).dims();
        ElementType type =
                call.hasAttribute("dtype") ? ElementType.of(call.integer("dtype", 1), "a unit matrix") : call.type(0);
        Value rows = call.reshape(call.counted(dims.get(0)), List.of(dims.get(0), Dim.ONE));
        Value shifted = call.scalar(Op.ADD, rows, Dim.of(call.integer("k", 0)));
        Value same = call.add(Op.EQ, shifted, call.counted(dims.get(1)));
        return List.of(
                call.result(call.add(Op.CAST, Attributes.of("type", type.read().toString()), same), type));
    }

    private static List<Operand> oneHot(Call call) {
        Value ids = call.value(0);
        int rank = ids.shape().rank();
        int axis = call.axis(call.integer("axis", -1), rank + 1);
        if (axis != rank || call.type(0).read() != DType.INT) {
            throw call.unsupported("along axis " + axis);
        }
        Dim depth = call.dim(1);
        List<Dim> column = new ArrayList<>(ids.shape().dims());
        column.add(Dim.ONE);
        Value all = call.reshape(ids, column);
        Value behind = call.add(Op.LT, Attributes.of("scalar", Dim.ZERO), all);
        Value inside = call.add(Op.WHERE, behind, call.scalar(Op.ADD, all, depth), all);
        Value here = call.add(Op.EQ, inside, call.counted(depth));
        Value off = call.reshape(call.slice(call.value(2), 0, Dim.ZERO, Dim.ONE, 1), List.of());
        Value on = call.reshape(call.slice(call.value(2), 0, Dim.ONE, Dim.of(2), 1), List.of());
        return List.of(call.result(call.add(Op.WHERE, here, on, off), call.type(2)));
    }
}
