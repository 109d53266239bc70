package org.quantvoice.internal.reference;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Dim;

/** Evaluates operators that move elements or make new ones. */
public final class ReferenceLayout {

    private ReferenceLayout() {}

    static ArrayTensor run(ReferenceCall call) {
        return switch (call.node().op()) {
            case SLICE -> slice(call);
            case CONCAT -> concat(call);
            case TRANSPOSE -> transpose(call);
            case RESHAPE -> call.x().reshaped(call.shape());
            case EXPAND ->
                ReferenceCall.gather(call.x(), ReferenceCall.broadcast(call.x().shape(), call.shape()), call.shape());
            case PAD -> pad(call);
            case EMBEDDING -> rows(call, call.x(), call.operands().get(1), 0);
            case INDEX_SELECT ->
                rows(call, call.x(), call.operands().get(1), call.attributes().integer("axis"));
            case ARANGE -> arange(call);
            case FILL -> fill(call);
            case TRIANGLE -> triangle(call);
            case GLU -> glu(call);
            default ->
                throw new IllegalArgumentException(
                        "no layout for " + call.node().op());
        };
    }

    private static ArrayTensor slice(ReferenceCall call) {
        int axis = call.attributes().integer("axis");
        long start = call.attributes().dim("start").evaluate(call.sizes());
        long end = call.attributes().dim("end").evaluate(call.sizes());
        long size = call.x().shape()[axis];
        ReferenceCall.require(0 <= start && start <= end && end <= size, "0 <= start <= end <= " + size);
        long[] strides = ReferenceCall.strides(call.x().shape());
        long base = start * strides[axis];
        strides[axis] *= call.attributes().integer("step");
        return ReferenceCall.gather(call.x(), ReferenceCall.offsets(call.shape(), strides, base), call.shape());
    }

    private static ArrayTensor concat(ReferenceCall call) {
        int axis = call.attributes().integer("axis");
        long[] strides = ReferenceCall.strides(call.shape());
        double[] result = new double[call.count()];
        long base = 0;
        for (ArrayTensor part : call.operands()) {
            int[] target = ReferenceCall.offsets(part.shape(), strides, base);
            for (int i = 0; i < target.length; i++) {
                result[target[i]] = part.get(i);
            }
            base += part.shape()[axis] * strides[axis];
        }
        return ReferenceCall.of(call.x().type(), result, call.shape());
    }

    private static ArrayTensor transpose(ReferenceCall call) {
        long[] own = ReferenceCall.strides(call.x().shape());
        long[] strides = Arrays.stream(call.attributes().ints("order"))
                .mapToLong(axis -> own[axis])
                .toArray();
        return ReferenceCall.gather(call.x(), ReferenceCall.offsets(call.shape(), strides, 0), call.shape());
    }

    private static ArrayTensor pad(ReferenceCall call) {
        long[] in = call.x().shape();
        List<Dim> pads = call.attributes().dims("pads");
        String mode = call.attributes().text("mode");
        double value = mode.equals("constant") ? call.attributes().number("value") : 0;
        double[] result = new double[call.count()];
        long[] strides = ReferenceCall.strides(in);
        long[] at = new long[in.length];
        for (int i = 0; i < result.length; i++) {
            long source = 0;
            boolean inside = true;
            long rest = i;
            for (int axis = in.length - 1; axis >= 0; axis--) {
                at[axis] = rest % call.shape()[axis] - pads.get(2 * axis).evaluate(call.sizes());
                rest /= call.shape()[axis];
                long position = mirrored(at[axis], in[axis], mode);
                inside &= position >= 0 && position < in[axis];
                source += position * strides[axis];
            }
            ReferenceCall.require(inside || mode.equals("constant"), "pads smaller than the axis");
            result[i] = inside ? call.x().get((int) source) : value;
        }
        return ReferenceCall.of(call.x().type(), result, call.shape());
    }

    private static long mirrored(long position, long size, String mode) {
        return switch (mode) {
            case "reflect" -> position < 0 ? -position : position >= size ? 2 * (size - 1) - position : position;
            case "replicate" -> Math.max(0, Math.min(size - 1, position));
            default -> position;
        };
    }

    /** Returns slices of {@code x} along an axis, in the order of the ids. */
    private static ArrayTensor rows(ReferenceCall call, ArrayTensor x, ArrayTensor ids, int axis) {
        long[] in = x.shape();
        int inner = ReferenceCall.count(in, axis + 1, in.length);
        int outer = ReferenceCall.count(in, 0, axis);
        int[] offsets = new int[call.count()];
        int at = 0;
        for (int o = 0; o < outer; o++) {
            for (long id : ids.longArray()) {
                ReferenceCall.require(id >= 0 && id < in[axis], "ids from 0 to " + (in[axis] - 1) + ", not " + id);
                for (int i = 0; i < inner; i++) {
                    offsets[at++] = (int) ((o * in[axis] + id) * inner + i);
                }
            }
        }
        return ReferenceCall.gather(x, offsets, call.shape());
    }

    private static ArrayTensor arange(ReferenceCall call) {
        double start = call.attributes().dim("start").evaluate(call.sizes());
        int step = call.attributes().integer("step");
        double[] result = new double[call.count()];
        for (int i = 0; i < result.length; i++) {
            result[i] = start + (double) i * step;
        }
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static ArrayTensor fill(ReferenceCall call) {
        double[] result = new double[call.count()];
        Arrays.fill(result, call.attributes().number("value", call.sizes()));
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static ArrayTensor triangle(ReferenceCall call) {
        int columns = (int) call.shape()[call.shape().length - 1];
        int rows = (int) call.shape()[call.shape().length - 2];
        int diagonal = call.attributes().integer("diagonal");
        boolean upper = call.attributes().flag("upper");
        double[] result = new double[call.count()];
        for (int i = 0; i < result.length; i++) {
            int above = i % columns - i / columns % rows;
            boolean kept = upper ? above >= diagonal : above <= diagonal;
            result[i] = kept ? call.x().get(i) : 0;
        }
        return ReferenceCall.of(call.x().type(), result, call.shape());
    }

    private static ArrayTensor glu(ReferenceCall call) {
        int axis = call.attributes().integer("axis");
        long[] strides = ReferenceCall.strides(call.x().shape());
        int[] first = ReferenceCall.offsets(call.shape(), strides, 0);
        int half = Math.toIntExact(call.shape()[axis] * strides[axis]);
        float[] result = new float[first.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float)
                    (call.x().get(first[i]) * SpecialFunctions.sigmoid(call.x().get(first[i] + half)));
        }
        return call.result(result);
    }
}
