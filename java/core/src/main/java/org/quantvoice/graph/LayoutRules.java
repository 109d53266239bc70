package org.quantvoice.graph;

import static org.quantvoice.graph.ShapeInference.axis;
import static org.quantvoice.graph.ShapeInference.require;
import static org.quantvoice.graph.ShapeInference.unify;

import java.util.ArrayList;
import java.util.List;

/** Infers the shapes of operators that only move elements or make new ones. */
final class LayoutRules {

    private final Op op;
    private final List<Value> in;
    private final Attributes attributes;

    LayoutRules(Op op, List<Value> in, Attributes attributes) {
        this.op = op;
        this.in = in;
        this.attributes = attributes;
    }

    TensorType infer() {
        if (op == Op.ARANGE || op == Op.FILL) {
            require(in.isEmpty(), "no operands");
            return new TensorType(attributes.type("type"), op == Op.FILL ? fill() : arange());
        }
        require(op == Op.CONCAT ? !in.isEmpty() : in.size() == 1, op == Op.CONCAT ? "operands" : "1 operand");
        Shape x = in.get(0).shape();
        Shape shape =
                switch (op) {
                    case SLICE -> slice(x);
                    case CONCAT -> concat();
                    case TRANSPOSE -> transpose(x);
                    case RESHAPE -> reshape(x);
                    case EXPAND -> expand(x);
                    case PAD -> pad(x);
                    default -> throw new IllegalStateException("no shape rule for " + op);
                };
        return new TensorType(in.get(0).type(), shape);
    }

    private Shape fill() {
        if (!attributes.isInteger("value")) {
            attributes.number("value");
        }
        return new Shape(attributes.dims("shape"));
    }

    private Shape arange() {
        int step = attributes.integer("step");
        require(step != 0, "a step other than 0");
        Dim span = attributes.dim("end").minus(attributes.dim("start"));
        return Shape.of(step > 0 ? ceil(span, step) : ceil(span.times(-1), -(long) step));
    }

    private static Dim ceil(Dim span, long step) {
        return span.plus(step - 1).floorDiv(step);
    }

    private Shape slice(Shape x) {
        int axis = axis(x, attributes.integer("axis"));
        int step = attributes.integer("step");
        Dim start = attributes.dim("start");
        Dim end = attributes.dim("end");
        require(step > 0, "a step above 0");
        require(!start.isAtMost(-1), "a start of at least 0");
        require(!end.minus(x.dim(axis)).isAtLeast(1), "an end of at most " + x.dim(axis));
        require(!end.minus(start).isAtMost(-1), "a start that is not past the end");
        return x.with(axis, ceil(end.minus(start), step));
    }

    private Shape concat() {
        Shape result = in.get(0).shape();
        int axis = axis(result, attributes.integer("axis"));
        for (Value next : in.subList(1, in.size())) {
            require(next.type() == in.get(0).type(), "operands of one type");
            require(next.shape().rank() == result.rank(), "operands of one rank");
            for (int i = 0; i < result.rank(); i++) {
                Dim a = result.dim(i);
                Dim b = next.shape().dim(i);
                result = result.with(i, i == axis ? a.plus(b) : unify(a, b));
            }
        }
        return result;
    }

    private Shape transpose(Shape x) {
        int[] order = attributes.ints("order");
        require(order.length == x.rank(), "an order of " + x.rank() + " axes");
        boolean[] seen = new boolean[order.length];
        List<Dim> dims = new ArrayList<>();
        for (int axis : order) {
            require(!seen[axis(x, axis)], "each axis once");
            seen[axis] = true;
            dims.add(x.dim(axis));
        }
        return new Shape(dims);
    }

    private Shape reshape(Shape x) {
        Shape shape = new Shape(attributes.dims("shape"));
        Dim difference = shape.size().minus(x.size());
        require(ShapeInference.mayBeZero(difference), x.size() + " elements");
        return shape;
    }

    private Shape expand(Shape x) {
        Shape shape = new Shape(attributes.dims("shape"));
        require(shape.rank() == x.rank(), "a shape of " + x.rank() + " axes");
        for (int i = 0; i < x.rank(); i++) {
            if (!x.dim(i).is(1)) {
                unify(x.dim(i), shape.dim(i));
            }
        }
        return shape;
    }

    private Shape pad(Shape x) {
        List<Dim> pads = attributes.dims("pads");
        require(pads.size() == 2 * x.rank(), "two pads for each of " + x.rank() + " axes");
        String mode = attributes.text("mode");
        require(List.of("constant", "reflect", "replicate").contains(mode), "mode constant, reflect or replicate");
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            dims.add(x.dim(i).plus(pads.get(2 * i)).plus(pads.get(2 * i + 1)));
        }
        return new Shape(dims);
    }
}
