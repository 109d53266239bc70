package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates norms. */
final class NormOperators {
    private static final double EPSILON = 1e-5;
    private static final int PER_CHANNEL = 21;

    private NormOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("LayerNormalization", NormOperators::layerNorm);
        table.put("RMSNormalization", NormOperators::rootMeanSquare);
        table.put("SimplifiedLayerNormalization", NormOperators::rootMeanSquare);
        table.put(Operators.MICROSOFT + "SkipLayerNormalization", NormOperators::skip);
        table.put("InstanceNormalization", NormOperators::instanceNorm);
        table.put("GroupNormalization", NormOperators::groupNorm);
        table.put("BatchNormalization", NormOperators::batchNorm);
        table.put("LpNormalization", NormOperators::length);
    }

    private static List<Operand> layerNorm(Call call) {
        Value x = call.value(0);
        int axis = call.axis(-1, x);
        Attributes attributes = Attributes.of("axes", x.shape().rank() - axis, "eps", call.real("epsilon", EPSILON));
        Shape normed = new Shape(x.shape().dims().subList(axis, x.shape().rank()));
        return call.floats(affine(call, x, attributes, normed, 1, 2));
    }

    /** Writes a layer norm with weights, which are repeated if they are smaller than the normalized shape. */
    private static Value affine(Call call, Value x, Attributes attributes, Shape normed, int weight, int bias) {
        if (!call.has(weight)) {
            return call.add(Op.LAYER_NORM, attributes, x);
        }
        Value scale = LayoutOperators.expanded(call, call.value(weight), normed.dims());
        return call.has(bias)
                ? call.add(
                        Op.LAYER_NORM,
                        attributes,
                        x,
                        scale,
                        LayoutOperators.expanded(call, call.value(bias), normed.dims()))
                : call.add(Op.LAYER_NORM, attributes, x, scale);
    }

    /** Writes {@code x / sqrt(mean(x^2) + eps) weight}. */
    private static List<Operand> rootMeanSquare(Call call) {
        Value x = call.value(0);
        int[] axes = IntStream.range(call.axis(-1, x), x.shape().rank()).toArray();
        Value square = call.add(Op.MEAN, Attributes.of("axes", axes, "keep", true), call.add(Op.MUL, x, x));
        Value inverse = call.add(Op.RSQRT, call.scalar(Op.ADD, square, call.real("epsilon", EPSILON)));
        Value normal = call.add(Op.MUL, x, inverse);
        return call.floats(call.has(1) ? call.add(Op.MUL, normal, call.value(1)) : normal);
    }

    /** Writes ONNX Runtime's norm of a sum, whose operands are x, skip, weight, bias and a bias of the sum. */
    private static List<Operand> skip(Call call) {
        Value sum = call.add(Op.ADD, call.value(0), call.value(1));
        if (call.has(4)) {
            sum = call.add(Op.ADD, sum, call.value(4));
        }
        Attributes attributes = Attributes.of("axes", 1, "eps", call.real("epsilon", EPSILON));
        Value normal = affine(call, sum, attributes, Shape.of(sum.shape().dim(-1)), 2, 3);
        Operand absent = new Operand.Absent("SkipLayerNormalization");
        return List.of(
                call.floats(normal).get(0), absent, absent, call.floats(sum).get(0));
    }

    /** Writes a norm of each channel on its own as a group norm with as many groups as channels. */
    private static List<Operand> instanceNorm(Call call) {
        Value x = call.value(0);
        int channels = channels(call, x);
        Attributes attributes = Attributes.of("groups", channels, "eps", call.real("epsilon", EPSILON));
        return call.floats(call.add(Op.GROUP_NORM, attributes, x, call.value(1), call.value(2)));
    }

    private static int channels(Call call, Value x) {
        if (x.shape().rank() < 2 || !x.shape().dim(1).isConstant()) {
            throw call.unsupported("of a number of channels that is not fixed");
        }
        return Math.toIntExact(x.shape().dim(1).constant());
    }

    /** Writes a group norm. Its weights belong to groups before operator set 21, and to channels from then on. */
    private static List<Operand> groupNorm(Call call) {
        Value x = call.value(0);
        int channels = channels(call, x);
        int groups = Math.toIntExact(call.integer("num_groups", 1));
        Attributes attributes = Attributes.of("groups", groups, "eps", call.real("epsilon", EPSILON));
        Value weight = call.value(1);
        Value bias = call.value(2);
        if (call.opset() < PER_CHANNEL && channels != groups) {
            weight = repeated(call, weight, groups, channels / groups);
            bias = repeated(call, bias, groups, channels / groups);
        }
        return call.floats(call.add(Op.GROUP_NORM, attributes, x, weight, bias));
    }

    private static Value repeated(Call call, Value perGroup, int groups, int each) {
        Value column = call.reshape(perGroup, List.of(Dim.of(groups), Dim.ONE));
        List<Dim> spread = List.of(Dim.of(groups), Dim.of(each));
        return call.reshape(LayoutOperators.expanded(call, column, spread), List.of(Dim.of((long) groups * each)));
    }

    private static List<Operand> batchNorm(Call call) {
        if (call.integer("training_mode", 0) != 0 && call.node().outputs().size() > 1) {
            throw call.unsupported("in training mode");
        }
        Attributes attributes = Attributes.of("eps", call.real("epsilon", EPSILON));
        return call.floats(call.add(
                Op.BATCH_NORM, attributes, call.value(0), call.value(3), call.value(4), call.value(1), call.value(2)));
    }

    private static List<Operand> length(Call call) {
        Value x = call.value(0);
        Attributes along = Attributes.of("axes", new int[] {call.axis(-1, x)}, "keep", true);
        Value norm = call.integer("p", 2) == 1
                ? call.add(Op.SUM, along, call.add(Op.ABS, x))
                : call.add(Op.SQRT, call.add(Op.SUM, along, call.add(Op.MUL, x, x)));
        return call.like(call.add(Op.DIV, x, norm));
    }
}
