package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/** Products, norms, activations and attention. */
final class LayerOperators {
    private static final double FLOAT_EPSILON = Math.ulp(1f);

    private LayerOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::linear", LayerOperators::linear);
        for (String name : List.of("aten::matmul", "aten::bmm", "aten::mm", "aten::mv", "aten::__matmul__")) {
            table.put(name, call -> call.emit(Op.MATMUL, Attributes.NONE, call.value(0), call.value(1)));
        }
        table.put("aten::addmm", LayerOperators::addProduct);
        table.put("aten::baddbmm", LayerOperators::addProduct);
        ConvolutionOperators.register(table);
        table.put("aten::layer_norm", LayerOperators::layerNorm);
        table.put("aten::group_norm", LayerOperators::groupNorm);
        table.put("aten::batch_norm", LayerOperators::batchNorm);
        table.put("aten::gelu", LayerOperators::gelu);
        table.put(
                "aten::leaky_relu",
                call -> call.emit(
                        Op.LEAKY_RELU,
                        Attributes.of("slope", call.count() > 1 ? call.number(1) : 0.01),
                        call.value(0)));
        table.put("aten::relu6", call -> call.emit(Op.CLAMP, Attributes.of("min", 0.0, "max", 6.0), call.value(0)));
        table.put("aten::glu", call -> axisOperator(Op.GLU, call));
        table.put("aten::softmax", call -> axisOperator(Op.SOFTMAX, call));
        table.put("aten::log_softmax", call -> axisOperator(Op.LOG_SOFTMAX, call));
        for (String name : List.of("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout")) {
            table.put("aten::" + name, LayerOperators::dropout);
        }
        table.put("aten::rms_norm", LayerOperators::rootMeanSquareNorm);
        table.put("aten::instance_norm", LayerOperators::instanceNorm);
        table.put("aten::embedding", call -> call.emit(Op.EMBEDDING, Attributes.NONE, call.value(0), call.value(1)));
        table.put("aten::scaled_dot_product_attention", LayerOperators::attention);
    }

    private static Object linear(Call call) {
        Value x = call.value(0);
        Value weight = call.weight(1);
        if (call.isNone(2)) {
            return call.emit(Op.LINEAR, Attributes.NONE, x, weight);
        }
        return call.emit(Op.LINEAR, Attributes.NONE, x, weight, call.value(2));
    }

    /** Returns the tensors at these positions, up to the first that is None. */
    static Value[] optional(Call call, int... positions) {
        List<Value> values = new ArrayList<>();
        for (int position : positions) {
            if (call.isNone(position)) {
                break;
            }
            values.add(call.value(position));
        }
        return values.toArray(Value[]::new);
    }

    /** Emits {@code beta * bias + alpha * a b}. */
    private static Object addProduct(Call call) {
        Formula f = new Formula(call);
        Value product = call.add(Op.MATMUL, Attributes.NONE, call.value(1), call.value(2));
        return call.emit(
                Op.ADD, Attributes.NONE, f.times(product, call.number(4)), f.times(call.value(0), call.number(3)));
    }

    static TensorRef layerNorm(Call call) {
        int axes = call.dims(1).size();
        Shape shape = call.shape(0);
        for (int i = 1; i <= axes; i++) {
            Dim expected = call.dims(1).get(axes - i);
            if (!shape.dim(-i).equals(expected)) {
                throw call.unsupported("normalised shape " + call.dims(1) + " of a tensor " + shape);
            }
        }
        return norm(Op.LAYER_NORM, call, Attributes.of("axes", axes, "eps", call.number(4)), 0, 2, 3);
    }

    private static TensorRef norm(Op op, Call call, Attributes attributes, int... positions) {
        Value[] operands = optional(call, positions);
        boolean biasAlone = operands.length < positions.length && !call.isNone(positions[positions.length - 1]);
        if (biasAlone) {
            throw call.unsupported("a bias without a weight");
        }
        return call.emit(op, attributes, operands);
    }

    private static Object groupNorm(Call call) {
        return norm(Op.GROUP_NORM, call, Attributes.of("groups", call.integer(1), "eps", call.number(4)), 0, 2, 3);
    }

    private static Object batchNorm(Call call) {
        if (call.isNone(3)) {
            throw call.unsupported("statistics of the batch, and none that are stored");
        }
        if (call.flag(5)) {
            call.warnOfTraining();
        }
        Attributes attributes = Attributes.of("eps", call.number(7));
        Value x = call.value(0);
        Value mean = call.value(3);
        Value variance = call.value(4);
        if (call.isNone(1) && call.isNone(2)) {
            return call.emit(Op.BATCH_NORM, attributes, x, mean, variance);
        }
        return call.emit(Op.BATCH_NORM, attributes, x, mean, variance, call.value(1), call.value(2));
    }

    private static Object gelu(Call call) {
        boolean tanh = !call.isNone(1) && call.get(1).equals("tanh");
        return call.emit(Op.GELU, tanh ? Attributes.of("tanh", true) : Attributes.NONE, call.value(0));
    }

    /** Emits {@code x / sqrt(mean(x^2) + eps) * weight} over the last axes. */
    private static Object rootMeanSquareNorm(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int axes = call.dims(1).size();
        int rank = x.shape().rank();
        int[] last = java.util.stream.IntStream.range(rank - axes, rank).toArray();
        Value mean = call.add(Op.MEAN, Attributes.of("axes", last, "keep", true), f.times(x, x));
        double eps = call.isNone(3) ? FLOAT_EPSILON : call.number(3);
        Value normal = f.times(x, f.of(Op.RSQRT, f.plus(mean, eps)));
        return TensorRef.of(call.isNone(2) ? normal : f.times(normal, call.value(2)));
    }

    /**
     * Emits an instance norm. The arguments are x, weight, bias, mean, variance, whether the statistics are of the
     * input itself, momentum, and eps.
     */
    private static Object instanceNorm(Call call) {
        Attributes eps = Attributes.of("eps", call.number(7));
        if (!call.flag(5)) {
            return norm(Op.BATCH_NORM, call, eps, 0, 3, 4, 1, 2);
        }
        long channels = call.shape(0).dim(1).constant();
        return norm(Op.GROUP_NORM, call, eps.with("groups", channels), 0, 1, 2);
    }

    private static Object axisOperator(Op op, Call call) {
        Value x = call.value(0);
        if (op != Op.GLU && !call.isNone(2) && call.type(2, x.type()) != x.type()) {
            throw call.unsupported("a change of type");
        }
        int axis = call.count() > 1 ? call.axis(1, x) : x.shape().rank() - 1;
        return call.emit(op, Attributes.of("axis", axis), x);
    }

    private static Object dropout(Call call) {
        if (call.flag(2)) {
            call.warnOfTraining();
        }
        return call.get(0);
    }

    private static Object attention(Call call) {
        if (call.number(4) != 0) {
            call.warnOfTraining();
        }
        Shape q = call.shape(0);
        double scale = call.isNone(6) ? 1 / Math.sqrt(q.dim(-1).constant()) : call.number(6);
        Attributes attributes = Attributes.of("scale", scale);
        if (call.flag(5)) {
            attributes = attributes.with("causal", true);
        }
        List<Value> operands = new ArrayList<>(List.of(optional(call, 0, 1, 2, 3)));
        if (call.count() > 7 && call.flag(7)) {
            repeatHeads(call, operands);
        }
        boolean open =
                operands.size() > 3 && call.uniforms().truth(operands.get(3)).orElse(false);
        return call.emit(Op.ATTENTION, attributes, (open ? operands.subList(0, 3) : operands).toArray(Value[]::new));
    }

    /** Repeats the heads of keys and values until there are as many as of queries. */
    private static void repeatHeads(Call call, List<Value> operands) {
        int axis = call.shape(0).rank() - 3;
        for (int i = 1; i < 3; i++) {
            Value shared = operands.get(i);
            Dim times = call.shape(0)
                    .dim(axis)
                    .exactDiv(shared.shape().dim(axis))
                    .orElseThrow(() -> call.unsupported("with heads " + shared.shape()));
            operands.set(i, IndexOperators.repeatEach(new Formula(call), shared, axis, times));
        }
    }
}
