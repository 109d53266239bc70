package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Writes {@code ConvTranspose} as a convolution with the reversed kernel of an input with zeros between its elements.
 */
final class TransposedConvolution {
    private TransposedConvolution() {}

    static List<Operand> apply(Call call) {
        Value weight = call.value(1);
        int[] kernel = ConvolutionOperators.kernel(weight.shape());
        int spatial = kernel.length;
        int groups = Math.toIntExact(call.integer("group", 1));
        boolean plain = call.text("auto_pad", "NOTSET").equals("NOTSET")
                && !call.hasAttribute("output_shape")
                && spatial == call.shape(0).rank() - 2
                && spatial <= 2
                && call.graph().constant(weight).isPresent();
        if (!plain) {
            throw call.unsupported("with padding that follows from the output's size, or computed weights");
        }
        int[] stride = call.ints("strides", spatial, 1);
        int[] dilation = call.ints("dilations", spatial, 1);
        int[] pads = call.ints("pads", 2 * spatial, 0);
        int[] more = call.ints("output_padding", spatial, 0);
        Value x = call.value(0);
        List<Dim> around = ConvolutionOperators.none(2 * x.shape().rank());
        for (int i = 0; i < spatial; i++) {
            long reach = (long) dilation[i] * (kernel[i] - 1);
            x = spread(call, x, 2 + i, stride[i]);
            around.set(2 * (2 + i), Dim.of(reach - pads[i]));
            around.set(2 * (2 + i) + 1, Dim.of(reach - pads[i + spatial] + more[i]));
        }
        if (around.stream().anyMatch(d -> d.isAtMost(-1))) {
            throw call.unsupported("with padding beyond the kernel");
        }
        Value padded = call.pad(x, around, "constant", 0);
        int[] ones = new int[spatial];
        Arrays.fill(ones, 1);
        Attributes attributes =
                Attributes.of("stride", ones, "padding", new int[spatial], "dilation", dilation, "groups", groups);
        Value turned = reversed(call, weight, groups);
        Op op = spatial == 1 ? Op.CONV1D : Op.CONV2D;
        return call.floats(
                call.has(2)
                        ? call.add(op, attributes, padded, turned, call.value(2))
                        : call.add(op, attributes, padded, turned));
    }

    /**
     * Returns the constant {@code [in, out / groups, ..]} as {@code [out, in / groups, ..]} with the kernel reversed.
     */
    private static Value reversed(Call call, Value weight, int groups) {
        List<Dim> shape = weight.shape().dims();
        List<Dim> grouped = new ArrayList<>(shape);
        grouped.set(0, Dim.of(groups));
        grouped.add(1, Dim.of(shape.get(0).constant() / groups));
        List<Dim> target = new ArrayList<>(shape);
        target.set(0, shape.get(1).times(groups));
        target.set(1, Dim.of(shape.get(0).constant() / groups));
        int[] order = java.util.stream.IntStream.range(0, grouped.size()).toArray();
        order[1] = 2;
        order[2] = 1;
        Value turned = call.reshape(call.transpose(call.reshape(weight, grouped), order), target);
        for (int axis = 2; axis < shape.size(); axis++) {
            turned = Build.reversed(call, turned, axis);
        }
        return turned;
    }

    /** Puts {@code stride - 1} zeros between neighbours of an axis. */
    private static Value spread(Call call, Value x, int axis, int stride) {
        if (stride == 1) {
            return x;
        }
        Dim size = x.shape().dim(axis);
        List<Dim> apart = new ArrayList<>(x.shape().dims());
        apart.add(axis + 1, Dim.ONE);
        List<Dim> pads = ConvolutionOperators.none(2 * apart.size());
        pads.set(2 * (axis + 1) + 1, Dim.of(stride - 1L));
        Value wide = call.pad(call.reshape(x, apart), pads, "constant", 0);
        Value flat = call.reshape(wide, x.shape().with(axis, size.times(stride)).dims());
        return call.slice(flat, axis, Dim.ZERO, size.times(stride).plus(1 - stride), 1);
    }
}
