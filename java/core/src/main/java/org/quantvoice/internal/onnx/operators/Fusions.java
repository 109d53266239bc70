package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Recognises sums, products and quotients that are parts of a larger operator: biases, GELU, SiLU, GLU, layer norms
 * spelled out, and scales of integer products.
 */
final class Fusions {
    private static final double CLOSE = 1e-6;

    private Fusions() {}

    static Optional<List<Operand>> add(Call call) {
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            if (call.operand(i) instanceof Operand.Erf erf && call.number(other).isPresent()) {
                double more = call.number(other).getAsDouble();
                return Optional.of(List.of(new Operand.Erf(erf.x(), erf.factor(), erf.offset() + more)));
            }
            if (call.operand(i) instanceof Operand.Live live
                    && call.operand(other) instanceof Operand.Fixed
                    && call.uses(i) == 1) {
                Optional<Value> biased = biased(call, live.value(), other);
                if (biased.isPresent()) {
                    return Optional.of(call.floats(biased.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** Adds a bias to a layer, a convolution or a norm without one. */
    private static Optional<Value> biased(Call call, Value x, int bias) {
        Node node = call.graph().producer(x).orElse(null);
        if (node == null || x.shape().rank() == 0) {
            return Optional.empty();
        }
        boolean linear = node.op() == Op.LINEAR && node.inputs().size() == 2;
        boolean norm = node.op() == Op.LAYER_NORM && node.inputs().size() == 2;
        boolean convolution = (node.op() == Op.CONV1D || node.op() == Op.CONV2D)
                && node.inputs().size() == 2;
        Optional<Value> vector = linear
                ? lastAxis(call, bias, x)
                : norm
                        ? sized(call, bias, node.input(1).shape())
                        : convolution ? channels(call, bias, x) : Optional.empty();
        return vector.map(v -> {
            Value[] operands = {node.input(0), node.input(1), v};
            return call.build()
                    .add(node.op(), node.path(), node.attributes(), operands)
                    .get(0);
        });
    }

    /** Returns a constant that has one number for each index of the last axis. */
    private static Optional<Value> lastAxis(Call call, int index, Value x) {
        return sized(call, index, Shape.of(x.shape().dim(-1)));
    }

    private static Optional<Value> sized(Call call, int index, Shape wanted) {
        Shape own = call.shape(index);
        int more = own.rank() - wanted.rank();
        boolean fits = more >= 0
                && own.dims().subList(0, more).stream().allMatch(d -> d.is(1))
                && own.dims().subList(more, own.rank()).equals(wanted.dims());
        return fits ? Optional.of(call.reshape(call.value(index), wanted.dims())) : Optional.empty();
    }

    /** Returns a constant {@code [channels, 1, ..]}, which may have an axis of size 1 before it. */
    private static Optional<Value> channels(Call call, int index, Value x) {
        Shape own = call.shape(index);
        int at = own.rank() - (x.shape().rank() - 1);
        boolean fits = at >= 0
                && own.dim(at).equals(x.shape().dim(1))
                && own.size().equals(x.shape().dim(1));
        return fits
                ? Optional.of(call.reshape(call.value(index), List.of(x.shape().dim(1))))
                : Optional.empty();
    }

    static Optional<List<Operand>> multiply(Call call) {
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            Operand x = call.operand(i);
            OptionalDouble number = call.number(other);
            if (x instanceof Operand.Erf erf) {
                Optional<Operand> result = number.isPresent()
                        ? Optional.of(new Operand.Erf(
                                erf.x(), erf.factor() * number.getAsDouble(), erf.offset() * number.getAsDouble()))
                        : Gelus.find(call, erf, other);
                if (result.isPresent()) {
                    return Optional.of(List.of(result.get()));
                }
            }
            Optional<List<Operand>> scaled = IntegerLayers.multiply(call, i, other);
            if (scaled.isPresent()) {
                return scaled;
            }
            Optional<Value> fused = fused(call, i, other);
            if (fused.isPresent()) {
                return Optional.of(call.floats(fused.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Value> fused(Call call, int i, int other) {
        if (!(call.operand(i) instanceof Operand.Live live)) {
            return Optional.empty();
        }
        Node node = call.graph().producer(live.value()).orElse(null);
        if (node == null) {
            return Optional.empty();
        }
        if (node.op() == Op.SIGMOID && call.operand(other) instanceof Operand.Live x) {
            return x.value().equals(node.input(0))
                    ? Optional.of(call.add(Op.SILU, x.value()))
                    : gated(call, x.value(), node.input(0));
        }
        if (node.op() == Op.LAYER_NORM && node.inputs().size() == 1 && call.operand(other) instanceof Operand.Fixed) {
            return weighted(call, node, other);
        }
        OptionalDouble factor = call.number(other);
        boolean halved = factor.isPresent() && isPowerOfTwo(factor.getAsDouble()) && isScaled(node, call);
        if (halved) {
            double both = node.attributes().number("scalar") * factor.getAsDouble();
            return Optional.of(call.scalar(Op.MUL, node.input(0), both));
        }
        return Optional.empty();
    }

    /** Returns whether a node multiplies by a power of two; two such factors can be joined without rounding. */
    private static boolean isScaled(Node node, Call call) {
        return node.op() == Op.MUL
                && node.inputs().size() == 1
                && !node.attributes().isInteger("scalar")
                && isPowerOfTwo(node.attributes().number("scalar"));
    }

    private static boolean isPowerOfTwo(double number) {
        return number > 0
                && Math.abs(Math.getExponent(number)) < 20
                && Math.scalb(1.0, Math.getExponent(number)) == number;
    }

    /** Returns the GLU of which the operands are the two halves of one tensor, the second behind a sigmoid. */
    private static Optional<Value> gated(Call call, Value first, Value second) {
        Node a = call.graph().producer(first).filter(n -> n.op() == Op.SLICE).orElse(null);
        Node b = call.graph().producer(second).filter(n -> n.op() == Op.SLICE).orElse(null);
        if (a == null || b == null || !a.input(0).equals(b.input(0))) {
            return Optional.empty();
        }
        int axis = a.attributes().integer("axis");
        Dim size = a.input(0).shape().dim(axis);
        Dim half = first.shape().dim(axis);
        boolean halves = b.attributes().integer("axis") == axis
                && a.attributes().integer("step") == 1
                && b.attributes().integer("step") == 1
                && a.attributes().dim("start").is(0)
                && a.attributes().dim("end").equals(half)
                && b.attributes().dim("start").equals(half)
                && b.attributes().dim("end").equals(size)
                && half.times(2).equals(size);
        return halves ? Optional.of(call.add(Op.GLU, Attributes.of("axis", axis), a.input(0))) : Optional.empty();
    }

    private static Optional<Value> weighted(Call call, Node norm, int weight) {
        int axes = norm.attributes().integer("axes");
        Shape shape = norm.output().shape();
        Shape wanted = new Shape(shape.dims().subList(shape.rank() - axes, shape.rank()));
        return sized(call, weight, wanted).map(w -> call.add(Op.LAYER_NORM, norm.attributes(), norm.input(0), w));
    }

    static Optional<List<Operand>> divide(Call call) {
        if (call.operand(0) instanceof Operand.Erf erf && call.number(1).isPresent()) {
            double divisor = call.number(1).getAsDouble();
            return Optional.of(List.of(new Operand.Erf(erf.x(), erf.factor() / divisor, erf.offset() / divisor)));
        }
        if (call.operand(0) instanceof Operand.Live x && call.operand(1) instanceof Operand.Live y) {
            return SpelledNorm.find(call, x.value(), y.value()).map(call::floats);
        }
        return Optional.empty();
    }

    static boolean close(double a, double b) {
        return Math.abs(a - b) <= CLOSE * Math.max(1e-30, Math.abs(b));
    }
}
