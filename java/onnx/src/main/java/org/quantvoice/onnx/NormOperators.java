package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;

/** Writes the norms: layer, group, instance and batch norm. */
final class NormOperators {
    private NormOperators() {}

    static String write(Call call) {
        return switch (call.node().op()) {
            case LAYER_NORM -> layerNorm(call);
            case GROUP_NORM -> groupNorm(call);
            case BATCH_NORM -> batchNorm(call);
            default -> throw call.unsupported("no rule for it");
        };
    }

    private static float eps(Attributes attributes) {
        return (float) attributes.number("eps");
    }

    private static String layerNorm(Call call) {
        int axes = call.attributes().integer("axes");
        if (!call.has(1)) {
            return standardize(call, axes);
        }
        List<String> inputs =
                call.has(2) ? List.of(call.x(), call.name(1), call.name(2)) : List.of(call.x(), call.name(1));
        return call.add(
                "LayerNormalization",
                inputs,
                Attribute.of("axis", -axes),
                Attribute.of("epsilon", eps(call.attributes())));
    }

    /**
     * Writes a norm without weights, such as that of a waveform, as its single steps, because ONNX's operator would
     * need a weight of ones with the input's size. It computes in double, since runtimes add up long rows one by one,
     * which in float alone moved log-probs by 1e-4.
     */
    private static String standardize(Call call, int axes) {
        int rank = call.shape().rank();
        int[] last = java.util.stream.IntStream.range(rank - axes, rank).toArray();
        String x = call.add("Cast", List.of(call.x()), Attribute.of("to", TensorProto.DataType.DOUBLE_VALUE));
        String difference = call.add("Sub", x, mean(call, x, last));
        String variance = mean(call, call.add("Mul", difference, difference), last);
        String eps = call.out().doubleScalar(call.attributes().number("eps"));
        String normal = call.add("Div", difference, call.add("Sqrt", call.add("Add", variance, eps)));
        return call.add("Cast", List.of(normal), Attribute.of("to", Tensors.typeOf(DType.FLOAT)));
    }

    private static String mean(Call call, String x, int... axes) {
        return call.add("ReduceMean", List.of(x), Attribute.of("axes", axes), Attribute.of("keepdims", 1L));
    }

    /**
     * Writes a group norm as an instance norm in which each group is a channel, followed by the weights of the
     * channels.
     */
    private static String groupNorm(Call call) {
        Shape shape = call.shape();
        int groups = call.attributes().integer("groups");
        String grouped = call.add("Reshape", call.x(), call.out().longs(0, groups, -1));
        String normal = call.add(
                "InstanceNormalization",
                List.of(grouped, filled(call, 1, groups), filled(call, 0, groups)),
                Attribute.of("epsilon", eps(call.attributes())));
        String result = call.add("Reshape", normal, call.add("Shape", call.x()));
        if (!call.has(1)) {
            return result;
        }
        String scaled = call.add("Mul", result, perChannel(call, 1, shape.rank()));
        return call.add("Add", scaled, perChannel(call, 2, shape.rank()));
    }

    /** Reshapes an operand {@code [channels]} to {@code [channels, 1, ..]}. */
    private static String perChannel(Call call, int operand, int rank) {
        long[] shape = new long[rank - 1];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        return call.add("Reshape", call.name(operand), call.out().longs(shape));
    }

    private static String batchNorm(Call call) {
        Dim channels = call.value(1).shape().dim(0);
        String scale = call.has(3) ? call.name(3) : filled(call, 1, channels.constant());
        String bias = call.has(4) ? call.name(4) : filled(call, 0, channels.constant());
        return call.add(
                "BatchNormalization",
                List.of(call.x(), scale, bias, call.name(1), call.name(2)),
                Attribute.of("epsilon", eps(call.attributes())));
    }

    private static String filled(Call call, float value, long count) {
        float[] values = new float[Math.toIntExact(count)];
        Arrays.fill(values, value);
        return call.out().floats(values);
    }
}
