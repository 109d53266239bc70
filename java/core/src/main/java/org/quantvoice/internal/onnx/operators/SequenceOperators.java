package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates lists of tensors, which older exporters write where a model cuts a tensor into parts. */
final class SequenceOperators {
    private static final int MOST_PARTS = 4096;

    private SequenceOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("SequenceConstruct", call -> List.of(new Operand.Sequence(List.copyOf(call.operands()))));
        table.put("SequenceEmpty", call -> List.of(new Operand.Sequence(List.of())));
        table.put("SequenceInsert", SequenceOperators::insert);
        table.put("SequenceAt", SequenceOperators::at);
        table.put("SequenceLength", call -> List.of(Factories.whole(parts(call).size())));
        table.put("SplitToSequence", SequenceOperators::split);
        table.put("ConcatFromSequence", SequenceOperators::joined);
    }

    private static List<Operand> parts(Call call) {
        if (call.operand(0) instanceof Operand.Sequence sequence) {
            return sequence.parts();
        }
        throw call.unsupported("of something that is no list");
    }

    private static List<Operand> insert(Call call) {
        List<Operand> parts = new ArrayList<>(parts(call));
        if (call.has(2) || parts.size() >= MOST_PARTS) {
            throw call.unsupported("at a place of its own");
        }
        parts.add(call.operand(1));
        return List.of(new Operand.Sequence(parts));
    }

    private static List<Operand> at(Call call) {
        List<Operand> parts = parts(call);
        Dim index = call.dim(1);
        if (!index.isConstant()) {
            throw call.unsupported("at a place that depends on sizes");
        }
        return List.of(parts.get(call.axis(index.constant(), parts.size())));
    }

    private static List<Operand> split(Call call) {
        Value x = call.value(0);
        int axis = call.axis(0, x);
        Dim size = x.shape().dim(axis);
        boolean list = call.has(1) && call.shape(1).rank() == 1;
        List<Dim> sizes = new ArrayList<>();
        if (list) {
            sizes.addAll(call.dims(1));
        } else {
            Dim each = call.has(1) ? call.dim(1) : Dim.ONE;
            Dim count = size.plus(each).plus(-1).floorDiv(each);
            if (!count.isConstant() || count.constant() > MOST_PARTS) {
                throw call.unsupported("into " + count + " parts");
            }
            for (long i = 0; i < count.constant(); i++) {
                sizes.add(i + 1 == count.constant() ? size.minus(each.times(i)) : each);
            }
        }
        boolean keep = list || call.has(1) || call.integer("keepdims", 1) != 0;
        List<Operand> parts = new ArrayList<>();
        Dim at = Dim.ZERO;
        for (Dim each : sizes) {
            Value part = call.slice(x, axis, at, at.plus(each), 1);
            at = at.plus(each);
            parts.add(call.like(keep ? part : without(call, part, axis)).get(0));
        }
        return List.of(new Operand.Sequence(parts));
    }

    private static Value without(Call call, Value x, int axis) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(axis);
        return call.reshape(x, dims);
    }

    private static List<Operand> joined(Call call) {
        Operand[] parts = parts(call).toArray(Operand[]::new);
        Call all = call.with(parts);
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            values.add(all.value(i));
        }
        int rank = values.get(0).shape().rank();
        boolean stacked = call.integer("new_axis", 0) != 0;
        int axis = call.axis(call.attribute("axis").as(Long.class), stacked ? rank + 1 : rank);
        if (stacked) {
            values.replaceAll(v -> {
                List<Dim> dims = new ArrayList<>(v.shape().dims());
                dims.add(axis, Dim.ONE);
                return call.reshape(v, dims);
            });
        }
        return all.like(call.add(Op.CONCAT, Attributes.of("axis", axis), values.toArray(Value[]::new)));
    }
}
