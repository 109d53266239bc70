package org.quantvoice.torch.operators;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.Undecided;

/** Max and mean pooling, computed one axis after the other. */
final class PoolingOperators {
    private static final int FEW = 8;

    /** One axis of a pooling. */
    private record Window(int axis, int size, int stride, int padding, int dilation, Dim count, Dim more) {
        static Window of(Dim length, int axis, int size, int stride, int padding, int dilation, boolean ceil) {
            Dim span = length.plus(2L * padding - (long) dilation * (size - 1) - 1);
            Dim count = (ceil ? span.plus(stride - 1) : span).floorDiv(stride).plus(1);
            if (ceil && stride + padding > size) { // the last window must not begin in the padding at the end
                count = count.min(length.plus(padding + stride - 1).floorDiv(stride));
            }
            Dim covered = count.plus(-1).times(stride).plus((long) dilation * (size - 1) + 1);
            return new Window(
                    axis,
                    size,
                    stride,
                    padding,
                    dilation,
                    count,
                    covered.minus(length).plus(-padding));
        }
    }

    private PoolingOperators() {}

    static void register(Map<String, Operator> table) {
        for (int axes = 1; axes <= 2; axes++) {
            int spatial = axes;
            table.put("aten::max_pool" + axes + "d", call -> TensorRef.of(largest(call, spatial)));
            table.put("aten::avg_pool" + axes + "d", call -> TensorRef.of(mean(call, spatial)));
            table.put("aten::adaptive_avg_pool" + axes + "d", call -> adaptive(call, spatial, Op.MEAN));
            table.put(
                    "aten::adaptive_max_pool" + axes + "d",
                    call -> ScriptTuple.of(adaptive(call, spatial, Op.REDUCE_MAX), new Undecided("indices of maxima")));
        }
    }

    private static int at(int[] setting, int index, int otherwise) {
        return setting.length == 0 ? otherwise : setting[Math.min(index, setting.length - 1)];
    }

    private static Window window(Call call, Value x, int spatial, int index, int dilation, boolean ceil) {
        int axis = x.shape().rank() - spatial + index;
        int size = at(call.ints(1), index, 1);
        int stride = call.isNone(2) ? size : at(call.ints(2), index, size);
        return Window.of(x.shape().dim(axis), axis, size, stride, at(call.ints(3), index, 0), dilation, ceil);
    }

    private static Value largest(Call call, int spatial) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        for (int i = 0; i < spatial; i++) {
            Window window = window(call, x, spatial, i, at(call.ints(4), i, 1), call.flag(5));
            Value padded = f.padded(
                    x, window.axis(), Dim.of(window.padding()), window.more(), "constant", Double.NEGATIVE_INFINITY);
            x = strided(f, running(f, padded, window), window);
        }
        return x;
    }

    /**
     * Returns the maximum of each window, from the maxima of two overlapping smaller windows, whose size doubles at
     * each step.
     */
    private static Value running(Formula f, Value x, Window window) {
        Value result = x;
        int covered = 1;
        while (covered < window.size()) {
            int step = Math.min(covered, window.size() - covered);
            Dim shift = Dim.of((long) step * window.dilation());
            Dim end = result.shape().dim(window.axis());
            Value left = f.slice(result, window.axis(), Dim.ZERO, end.minus(shift));
            result = f.of(Op.MAXIMUM, left, f.slice(result, window.axis(), shift, end));
            covered += step;
        }
        return result;
    }

    private static Value strided(Formula f, Value x, Window window) {
        Dim end = window.count().plus(-1).times(window.stride()).plus(1);
        return f.slice(x, window.axis(), Dim.ZERO, end, window.stride());
    }

    private static Value mean(Call call, int spatial) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        boolean whole = call.flag(5);
        for (int i = 0; i < spatial; i++) {
            Window window = window(call, x, spatial, i, 1, call.flag(4));
            boolean plain = window.padding() == 0 || whole;
            Value padded = f.padded(x, window.axis(), Dim.of(window.padding()), window.more(), "constant", 0);
            Value sum = sum(call, f, padded, window);
            boolean even = plain && (!call.flag(4) || window.more().isAtMost(window.padding()));
            x = even ? f.times(sum, 1.0 / window.size()) : f.of(Op.DIV, sum, counts(call, f, x, window, whole));
        }
        if (spatial == 2 && !call.isNone(6)) {
            throw call.unsupported("a divisor of its own");
        }
        return x;
    }

    private static Value sum(Call call, Formula f, Value padded, Window window) {
        if (window.size() > FEW) {
            return convolved(call, f, padded, window);
        }
        Value sum = null;
        Dim span = window.count().plus(-1).times(window.stride()).plus(1);
        for (int i = 0; i < window.size(); i++) {
            Value part = f.slice(padded, window.axis(), Dim.of(i), span.plus(i), window.stride());
            sum = sum == null ? part : f.plus(sum, part);
        }
        return requireNonNull(sum, "a window has elements");
    }

    /** Sums the many elements of each window by a convolution with ones. */
    private static Value convolved(Call call, Formula f, Value padded, Window window) {
        int last = padded.shape().rank() - 1;
        Value moved = f.moved(padded, window.axis(), last);
        Dim rows = moved.shape()
                .size()
                .exactDiv(moved.shape().dim(last))
                .orElseThrow(() -> call.unsupported("of " + padded));
        Value flat =
                f.shaped(moved, java.util.List.of(rows, Dim.ONE, moved.shape().dim(last)));
        Value ones = call.constant(
                TensorRef.of(torch.full(new long[] {1, 1, window.size()}, new Scalar(1.0))), call.path(), "ones");
        Attributes attributes = Attributes.of(
                "stride",
                new int[] {window.stride()},
                "padding",
                new int[] {0},
                "dilation",
                new int[] {1},
                "groups",
                1);
        Value sums = call.add(Op.CONV1D, attributes.with(LayerPrecision.EXACT, true), flat, ones);
        Value back = f.shaped(sums, moved.shape().with(last, window.count()).dims());
        return f.moved(back, last, window.axis());
    }

    /** Returns how many elements each window has. */
    private static Value counts(Call call, Formula f, Value x, Window window, boolean whole) {
        Dim length = x.shape().dim(window.axis());
        Dim padding = Dim.of(window.padding());
        Value places = f.of(Op.MUL, f.counted(window.count()), Dim.of(window.stride()));
        Value low = f.of(Op.SUB, places, padding);
        Value high = call.add(
                Op.CLAMP,
                Attributes.of("max", whole ? length.plus(padding) : length),
                f.of(Op.ADD, low, Dim.of(window.size())));
        Value start = whole ? low : call.add(Op.CLAMP, Attributes.of("min", Dim.ZERO), low);
        Value count = f.cast(f.minus(high, start), org.quantvoice.graph.DType.FLOAT);
        for (int axis = window.axis() + 1; axis < x.shape().rank(); axis++) {
            count = f.unsqueezed(count, count.shape().rank());
        }
        return count;
    }

    /** Pools each axis to a size of 1, or leaves it if it has the wanted size already. Other sizes are refused. */
    private static Object adaptive(Call call, int spatial, Op op) {
        Value x = call.value(0);
        for (int i = 0; i < spatial; i++) {
            int axis = x.shape().rank() - spatial + i;
            boolean same = call.list(1).get(Math.min(i, call.list(1).size() - 1)) == Nothing.NONE;
            Dim size = same
                    ? x.shape().dim(axis)
                    : call.dims(1).get(Math.min(i, call.list(1).size() - 1));
            if (size.is(1)) {
                x = call.add(op, Attributes.of("axes", new int[] {axis}, "keep", true), x);
            } else if (!size.equals(x.shape().dim(axis))) {
                throw call.unsupported("of an axis of " + x.shape().dim(axis) + " to " + size);
            }
        }
        return TensorRef.of(x);
    }
}
