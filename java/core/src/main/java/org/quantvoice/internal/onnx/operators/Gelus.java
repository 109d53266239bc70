package org.quantvoice.internal.onnx.operators;

import java.util.Optional;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/** Recognises the GELU {@code x (1 + erf(x / sqrt 2)) / 2} with its factors in any order. */
final class Gelus {

    /** A value as the product of a factor and another value. */
    private record Scaled(double factor, Value base) {}

    private Gelus() {}

    /**
     * Returns the GELU if the product of {@code factor erf(u) + offset} and another operand is one.
     *
     * @param other index of the operand
     */
    static Optional<Operand> find(Call call, Operand.Erf erf, int other) {
        boolean shifted = Fusions.close(erf.factor(), erf.offset());
        if (!shifted || !(call.operand(other) instanceof Operand.Live)) {
            return Optional.empty();
        }
        Scaled x = scaled(call, call.value(other));
        Scaled u = scaled(call, erf.x());
        if (!x.base().equals(u.base())) {
            return Optional.empty();
        }
        double inner = u.factor() * Math.sqrt(2);
        boolean plain = Fusions.close(inner, 1);
        Value z = plain ? u.base() : call.scalar(Op.MUL, u.base(), inner);
        double factor = 2 * erf.factor() * x.factor() / (plain ? 1 : inner);
        Value gelu = call.add(Op.GELU, z);
        double rounded = Fusions.close(factor, Math.rint(factor)) ? Math.rint(factor) : factor;
        return Optional.of(call.floats(call.scalar(Op.MUL, gelu, rounded)).get(0));
    }

    private static Scaled scaled(Call call, Value value) {
        Node node = call.graph().producer(value).orElse(null);
        if (node == null || node.op() != Op.MUL && node.op() != Op.DIV) {
            return new Scaled(1, value);
        }
        boolean number = node.inputs().size() == 1
                && node.attributes().has("scalar")
                && !node.attributes().isInteger("scalar")
                && !node.attributes().flag("reverse");
        if (!number) {
            return new Scaled(1, value);
        }
        double scalar = node.attributes().number("scalar");
        Scaled inner = scaled(call, node.input(0));
        return new Scaled(inner.factor() * (node.op() == Op.MUL ? scalar : 1 / scalar), inner.base());
    }
}
