package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** Writes an operator that the graph has no node for as a formula of nodes that it has. */
final class Formula {
    private final Call call;

    Formula(Call call) {
        this.call = call;
    }

    Value of(Op op, Value... operands) {
        return call.add(op, Attributes.NONE, operands);
    }

    /** Returns {@code x op scalar}. */
    Value of(Op op, Value x, double scalar) {
        return call.add(op, Attributes.of("scalar", scalar), x);
    }

    /** Returns {@code x op size} of whole numbers. */
    Value of(Op op, Value x, Dim size) {
        return call.add(op, Attributes.of("scalar", size), x);
    }

    /** Returns {@code scalar op x}. */
    Value of(Op op, double scalar, Value x) {
        return call.add(op, Attributes.of("scalar", scalar, "reverse", true), x);
    }

    Value plus(Value a, Value b) {
        return of(Op.ADD, a, b);
    }

    Value minus(Value a, Value b) {
        return of(Op.SUB, a, b);
    }

    Value times(Value a, Value b) {
        return of(Op.MUL, a, b);
    }

    Value times(Value a, double factor) {
        return of(Op.MUL, a, factor);
    }

    Value plus(Value a, double summand) {
        return of(Op.ADD, a, summand);
    }

    Value least(Value x, double bound) {
        return call.add(Op.CLAMP, Attributes.of("min", bound), x);
    }

    Value most(Value x, double bound) {
        return call.add(Op.CLAMP, Attributes.of("max", bound), x);
    }

    Value where(Value condition, Value yes, Value no) {
        return of(Op.WHERE, condition, yes, no);
    }

    /** Returns a constant number that broadcasts. */
    Value number(double value) {
        return call.add(Op.FILL, Attributes.of("shape", List.<Dim>of(), "value", value, "type", "float"));
    }

    Value whole(Dim value) {
        return call.add(Op.FILL, Attributes.of("shape", List.<Dim>of(), "value", value, "type", "int"));
    }

    /** Returns the tensor {@code 0, 1, .. size - 1}. */
    Value counted(Dim size) {
        return call.add(Op.ARANGE, Attributes.of("start", Dim.ZERO, "end", size, "step", 1, "type", "int"));
    }

    Value cast(Value x, DType type) {
        return call.add(Op.CAST, Attributes.of("type", type.toString()), x);
    }

    Value shaped(Value x, List<Dim> shape) {
        return call.add(Op.RESHAPE, Attributes.of("shape", shape), x);
    }

    Value expanded(Value x, List<Dim> shape) {
        List<Dim> front = new ArrayList<>(
                java.util.Collections.nCopies(shape.size() - x.shape().rank(), Dim.ONE));
        front.addAll(x.shape().dims());
        return call.add(Op.EXPAND, Attributes.of("shape", shape), shaped(x, front));
    }

    /** Inserts an axis of size 1 at a position. */
    Value unsqueezed(Value x, int axis) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.add(axis, Dim.ONE);
        return shaped(x, dims);
    }

    /** Removes an axis of size 1. */
    Value squeezed(Value x, int axis) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(axis);
        return shaped(x, dims);
    }

    Value permuted(Value x, int... order) {
        return call.add(Op.TRANSPOSE, Attributes.of("order", order), x);
    }

    /** Moves one axis; the others keep their order. */
    Value moved(Value x, int from, int to) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, x.shape().rank()).boxed().toList());
        order.add(to, order.remove(from));
        return permuted(x, order.stream().mapToInt(Integer::intValue).toArray());
    }

    Value slice(Value x, int axis, Dim start, Dim end, int step) {
        return call.add(Op.SLICE, Attributes.of("axis", axis, "start", start, "end", end, "step", step), x);
    }

    Value slice(Value x, int axis, Dim start, Dim end) {
        return slice(x, axis, start, end, 1);
    }

    Value joined(int axis, List<Value> parts) {
        return call.add(Op.CONCAT, Attributes.of("axis", axis), parts.toArray(Value[]::new));
    }

    /** Pads both ends of one axis. */
    Value padded(Value x, int axis, Dim before, Dim after, String mode, double value) {
        Dim[] pads = new Dim[2 * x.shape().rank()];
        Arrays.fill(pads, Dim.ZERO);
        pads[2 * axis] = before;
        pads[2 * axis + 1] = after;
        return call.add(Op.PAD, Attributes.of("pads", Arrays.asList(pads), "mode", mode, "value", value), x);
    }

    /** Selects elements of an axis; {@code places} is a tensor of integers with one axis. */
    Value selected(Value x, int axis, Value places) {
        return call.add(Op.INDEX_SELECT, Attributes.of("axis", axis), x, places);
    }

    Value summed(Value x, boolean keep, int... axes) {
        Attributes attributes = Attributes.of("axes", axes);
        return call.add(Op.SUM, keep ? attributes.with("keep", true) : attributes, x);
    }

    /** Returns {@code max(x, 0) + log(1 + exp(-|x|))}, which never overflows. */
    Value softplus(Value x) {
        Value falling = of(Op.EXP, of(Op.NEG, of(Op.ABS, x)));
        return plus(of(Op.RELU, x), logOnePlus(falling));
    }

    /** Returns {@code log(1 + x)}, exact for small x too: {@code x log(u) / (u - 1)} with {@code u = 1 + x} (Kahan). */
    Value logOnePlus(Value x) {
        Value u = plus(x, 1);
        Value rest = plus(u, -1);
        Value none = of(Op.EQ, rest, 0.0);
        Value divisor = where(none, number(1), rest);
        return where(none, x, times(of(Op.LOG, u), of(Op.DIV, x, divisor)));
    }
}
