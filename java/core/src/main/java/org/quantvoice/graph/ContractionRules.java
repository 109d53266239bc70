package org.quantvoice.graph;

import static org.quantvoice.graph.ShapeInference.broadcast;
import static org.quantvoice.graph.ShapeInference.require;
import static org.quantvoice.graph.ShapeInference.unify;

import java.util.ArrayList;
import java.util.List;

/** Infers the shapes of products, convolutions, norms, attention and recurrences. */
final class ContractionRules {

    private final List<Value> in;
    private final Attributes attributes;

    ContractionRules(List<Value> in, Attributes attributes) {
        this.in = in;
        this.attributes = attributes;
    }

    private Shape operand(int index) {
        require(index < in.size(), "more than " + index + " operands");
        require(in.get(index).type() == DType.FLOAT, "float operands");
        return in.get(index).shape();
    }

    private static TensorType result(Shape shape) {
        return new TensorType(DType.FLOAT, shape);
    }

    private void vector(int index, Dim size) {
        require(operand(index).rank() == 1, "operand " + index + " with one axis");
        unify(operand(index).dim(0), size);
    }

    TensorType linear() {
        require(in.size() == 2 || in.size() == 3, "x, weight and maybe bias");
        Shape x = operand(0);
        Shape weight = operand(1);
        require(x.rank() >= 1 && weight.rank() == 2, "x [.., in] and weight [out, in]");
        unify(x.dim(-1), weight.dim(1));
        if (in.size() == 3) {
            vector(2, weight.dim(0));
        }
        return result(x.with(-1, weight.dim(0)));
    }

    TensorType matmul() {
        require(in.size() == 2, "2 operands");
        Shape a = operand(0);
        Shape b = operand(1);
        require(a.rank() >= 1 && b.rank() >= 1, "operands with axes");
        unify(a.dim(-1), b.dim(b.rank() == 1 ? 0 : -2));
        Shape leading = broadcast(front(a, 2), front(b, 2));
        List<Dim> dims = new ArrayList<>(leading.dims());
        if (a.rank() > 1) {
            dims.add(a.dim(-2));
        }
        if (b.rank() > 1) {
            dims.add(b.dim(-1));
        }
        return result(new Shape(dims));
    }

    private static Shape front(Shape shape, int behind) {
        return new Shape(shape.dims().subList(0, Math.max(0, shape.rank() - behind)));
    }

    TensorType convolution(int spatial) {
        require(in.size() == 2 || in.size() == 3, "x, weight and maybe bias");
        Shape x = operand(0);
        Shape weight = operand(1);
        require(x.rank() == spatial + 2 && weight.rank() == spatial + 2, "operands of rank " + (spatial + 2));
        int groups = attributes.integer("groups");
        require(groups > 0 && weight.dim(0).exactDiv(Dim.of(groups)).isPresent(), "groups that divide the channels");
        unify(x.dim(1), weight.dim(1).times(groups));
        if (in.size() == 3) {
            vector(2, weight.dim(0));
        }
        Shape result = x.with(1, weight.dim(0));
        for (int i = 0; i < spatial; i++) {
            int stride = setting("stride", spatial, i, 1);
            int padding = setting("padding", spatial, i, 0);
            int dilation = setting("dilation", spatial, i, 1);
            Dim window = weight.dim(i + 2).plus(-1).times(dilation).plus(1);
            Dim steps = x.dim(i + 2).plus(2L * padding).minus(window);
            require(!steps.isAtMost(-1), "at least " + window + " positions");
            result = result.with(i + 2, steps.floorDiv(stride).plus(1));
        }
        return result(result);
    }

    private int setting(String name, int spatial, int index, int min) {
        int[] list = attributes.ints(name);
        require(list.length == spatial && list[index] >= min, name + " of " + spatial + " numbers from " + min + " on");
        return list[index];
    }

    TensorType layerNorm() {
        Shape x = operand(0);
        int axes = attributes.integer("axes");
        require(in.size() <= 3 && axes >= 1 && axes <= x.rank(), "1 to " + x.rank() + " axes");
        attributes.number("eps");
        for (int i = 1; i < in.size(); i++) {
            require(operand(i).rank() == axes, "weights of " + axes + " axes");
            for (int axis = 1; axis <= axes; axis++) {
                unify(x.dim(-axis), operand(i).dim(-axis));
            }
        }
        return result(x);
    }

    /**
     * Infers the shape of a norm over channels. The {@code first} operands are x and statistics; weight and bias may
     * follow.
     */
    TensorType channelNorm(int first, int groups) {
        require(in.size() == first || in.size() == first + 2, first + " operands, or weight and bias too");
        Shape x = operand(0);
        require(x.rank() >= 2, "x [batch, channels, ..]");
        require(groups > 0 && x.dim(1).exactDiv(Dim.of(groups)).isPresent(), "groups that divide the channels");
        attributes.number("eps");
        for (int i = 1; i < in.size(); i++) {
            vector(i, x.dim(1));
        }
        return result(x);
    }

    TensorType attention() {
        require(in.size() == 3 || in.size() == 4, "q, k, v and maybe a mask");
        Shape q = operand(0);
        Shape k = operand(1);
        Shape v = operand(2);
        require(q.rank() >= 2 && k.rank() == q.rank() && v.rank() == q.rank(), "q, k and v of one rank");
        unify(q.dim(-1), k.dim(-1));
        unify(k.dim(-2), v.dim(-2));
        attributes.number("scale");
        Shape leading = broadcast(broadcast(front(q, 2), front(k, 2)), front(v, 2));
        List<Dim> dims = new ArrayList<>(leading.dims());
        dims.add(q.dim(-2));
        if (in.size() == 4) {
            List<Dim> scores = new ArrayList<>(dims);
            scores.add(k.dim(-2));
            broadcast(new Shape(scores), in.get(3).shape());
            require(in.get(3).type() != DType.INT, "a bool or float mask");
        }
        dims.add(v.dim(-1));
        return result(new Shape(dims));
    }

    /** Infers the shapes of a recurrence; one of 4 gates is an LSTM, which has a second state. */
    List<TensorType> recurrent(int gates) {
        Recurrence r = Recurrence.of(attributes, gates == 4);
        Shape x = operand(0);
        int states = r.states();
        require(in.size() == r.operands(), r.operands() + " operands");
        require(x.rank() == 3, "x of three axes");
        Dim batch = x.dim(r.batchFirst() ? 0 : 1);
        Dim hidden = operand(1 + states + 1).dim(1);
        Dim size = x.dim(2);
        for (int cell = 0; cell < r.cells(); cell++) {
            int at = 1 + states + cell * r.weights();
            Dim width = cell < r.directions() ? size : hidden.times(r.directions());
            matrix(at, hidden.times(gates), width);
            matrix(at + 1, hidden.times(gates), hidden);
            for (int i = 2; i < r.weights(); i++) {
                vector(at + i, hidden.times(gates));
            }
        }
        Shape state = Shape.of(Dim.of(r.cells()), batch, hidden);
        for (int i = 1; i <= states; i++) {
            broadcast(operand(i), state);
        }
        TensorType y = result(x.with(2, hidden.times(r.directions())));
        return gates == 4 ? List.of(y, result(state), result(state)) : List.of(y, result(state));
    }

    private void matrix(int index, Dim rows, Dim columns) {
        require(operand(index).rank() == 2, "operand " + index + " with two axes");
        unify(operand(index).dim(0), rows);
        unify(operand(index).dim(1), columns);
    }
}
