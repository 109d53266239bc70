package org.quantvoice.internal.onnx.operators;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * The movement of a kernel over the spatial axes of {@code [batch, channels, ..]}.
 *
 * @param kernel size of each axis
 * @param before padding before each axis if the two ends differ, else 0
 * @param after padding behind each axis if the two ends differ, else 0
 * @param padding padding of both ends if they are the same
 */
@SuppressWarnings("ArrayRecordComponent")
record Window(int[] kernel, int[] stride, int[] dilation, Dim[] before, Dim[] after, int[] padding) {

    static Window of(Call call, Shape x, int... kernel) {
        int spatial = kernel.length;
        if (spatial != x.rank() - 2 || spatial < 1 || spatial > 2) {
            throw call.unsupported("over " + spatial + " axes of " + x);
        }
        int[] stride = call.ints("strides", spatial, 1);
        int[] dilation = call.ints("dilations", spatial, 1);
        int[] pads = call.ints("pads", 2 * spatial, 0);
        Dim[] before = new Dim[spatial];
        Dim[] after = new Dim[spatial];
        int[] padding = new int[spatial];
        String mode = call.text("auto_pad", "NOTSET");
        for (int i = 0; i < spatial; i++) {
            if (stride[i] < 1 || dilation[i] < 1 || kernel[i] < 1) {
                throw call.unsupported("in steps of " + Arrays.toString(stride));
            }
            before[i] = Dim.of(pads[i]);
            after[i] = Dim.of(pads[i + spatial]);
            if (mode.startsWith("SAME")) {
                same(x.dim(2 + i), kernel[i], stride[i], dilation[i], mode.endsWith("UPPER"), i, before, after);
            } else if (mode.equals("VALID")) {
                before[i] = Dim.ZERO;
                after[i] = Dim.ZERO;
            }
            if (before[i].equals(after[i]) && before[i].isConstant()) {
                padding[i] = Math.toIntExact(before[i].constant());
                before[i] = Dim.ZERO;
                after[i] = Dim.ZERO;
            }
        }
        return new Window(kernel, stride, dilation, before, after, padding);
    }

    /**
     * Pads so that the result has an element for each stride; the padding is split between both ends, and an odd
     * element goes to the upper or the lower end.
     */
    private static void same(
            Dim size, int kernel, int stride, int dilation, boolean upper, int axis, Dim[] before, Dim[] after) {
        Dim places = size.plus(stride - 1L).floorDiv(stride);
        Dim missing = places.plus(-1)
                .times(stride)
                .plus((long) dilation * (kernel - 1) + 1)
                .minus(size)
                .max(Dim.ZERO);
        Dim half = missing.floorDiv(2);
        before[axis] = upper ? half : missing.minus(half);
        after[axis] = upper ? missing.minus(half) : half;
    }

    Op op(Call call) {
        return kernel.length == 1 ? Op.CONV1D : Op.CONV2D;
    }

    Attributes attributes(int groups) {
        return Attributes.of("stride", stride, "padding", padding, "dilation", dilation, "groups", groups);
    }

    boolean isWithoutPadding() {
        return Arrays.stream(padding).allMatch(p -> p == 0)
                && Arrays.stream(before).allMatch(d -> d.is(0))
                && Arrays.stream(after).allMatch(d -> d.is(0));
    }

    /** Pads a value if the padding differs at the two ends. */
    Value padded(Call call, Value x, double value) {
        List<Dim> pads = ConvolutionOperators.none(2 * x.shape().rank());
        for (int i = 0; i < kernel.length; i++) {
            pads.set(2 * (i + 2), before[i]);
            pads.set(2 * (i + 2) + 1, after[i]);
        }
        return call.pad(x, pads, "constant", value);
    }

    /** Pads a value if the padding is the same at both ends, for operators that have no padding attribute. */
    Value symmetric(Call call, Value x, double value) {
        List<Dim> pads = ConvolutionOperators.none(2 * x.shape().rank());
        for (int i = 0; i < kernel.length; i++) {
            pads.set(2 * (i + 2), Dim.of(padding[i]));
            pads.set(2 * (i + 2) + 1, Dim.of(padding[i]));
        }
        return call.pad(x, pads, "constant", value);
    }

    /** Returns the elements that one position of the kernel meets along one axis. */
    Value seen(Call call, Value x, int axis, int place) {
        Dim size = x.shape().dim(2 + axis);
        long reach = (long) dilation[axis] * (kernel[axis] - 1);
        Dim places = size.plus(-reach - 1).floorDiv(stride[axis]).plus(1);
        Dim start = Dim.of((long) dilation[axis] * place);
        Dim end = start.plus(places.plus(-1).times(stride[axis])).plus(1);
        return call.slice(x, 2 + axis, start, end, stride[axis]);
    }
}
