package org.quantvoice.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds values that make a node superfluous: nodes that do nothing, and runs of reshapes or transposes. */
final class Simplifier {

    private final GraphBuilder builder;
    private final String path;

    Simplifier(GraphBuilder builder, String path) {
        this.builder = builder;
        this.path = path;
    }

    /** Returns the values that replace the node's outputs, or an empty list if the node is needed. */
    List<Value> simplify(Op op, Attributes attributes, List<Value> operands) {
        if (operands.isEmpty()) {
            return List.of();
        }
        Value x = operands.get(0);
        Value simple =
                switch (op) {
                    case RESHAPE -> reshape(x, attributes);
                    case TRANSPOSE -> transpose(x, attributes);
                    case EXPAND -> attributes.dims("shape").equals(x.shape().dims()) ? x : null;
                    case SLICE -> isWhole(x, attributes) ? x : null;
                    case CAST -> attributes.type("type") == x.type() ? x : null;
                    case CONCAT -> operands.size() == 1 ? x : null;
                    case PAD -> attributes.dims("pads").stream().allMatch(d -> d.is(0)) ? x : null;
                    case ADD, SUB -> isScalar(x, operands, attributes, 0) ? x : null;
                    case MUL, DIV -> isScalar(x, operands, attributes, 1) ? x : null;
                    default -> null;
                };
        return simple == null ? List.of() : List.of(simple);
    }

    private @Nullable Value reshape(Value x, Attributes attributes) {
        if (attributes.dims("shape").equals(x.shape().dims())) {
            return x;
        }
        Node before = builder.producer(x).orElse(null);
        if (before == null || before.op() != Op.RESHAPE) {
            return null;
        }
        return builder.add(Op.RESHAPE, path, attributes, before.input(0));
    }

    private @Nullable Value transpose(Value x, Attributes attributes) {
        int[] order = attributes.ints("order");
        if (order.length != x.shape().rank()) {
            return null; // the shape inference reports what is wrong
        }
        boolean identity = true;
        for (int i = 0; i < order.length; i++) {
            identity &= order[i] == i;
        }
        if (identity) {
            return x;
        }
        Node before = builder.producer(x).orElse(null);
        if (before == null || before.op() != Op.TRANSPOSE) {
            return null;
        }
        int[] first = before.attributes().ints("order");
        int[] both = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            if (order[i] < 0 || order[i] >= order.length) {
                return null;
            }
            both[i] = first[order[i]];
        }
        return builder.add(Op.TRANSPOSE, path, Attributes.of("order", both), before.input(0));
    }

    private static boolean isWhole(Value x, Attributes attributes) {
        int axis = attributes.integer("axis");
        return axis >= 0
                && axis < x.shape().rank()
                && attributes.dim("start").is(0)
                && attributes.integer("step") == 1
                && attributes.dim("end").equals(x.shape().dim(axis));
    }

    private static boolean isScalar(Value x, List<Value> operands, Attributes attributes, long neutral) {
        if (operands.size() != 1 || attributes.flag("reverse") || !attributes.has("scalar")) {
            return false;
        }
        boolean integer = attributes.isInteger("scalar");
        boolean same = integer ? attributes.dim("scalar").is(neutral) : attributes.number("scalar") == neutral;
        return same && (x.type() == DType.FLOAT || (integer && x.type() == DType.INT && neutral == 0));
    }
}
