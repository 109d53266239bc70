package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/** Operators that change the resolution of time or of images: neighbours, straight lines and shuffled pixels. */
final class ResizingOperators {
    private ResizingOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::upsample_nearest1d", ResizingOperators::nearest);
        table.put("aten::upsample_nearest2d", ResizingOperators::nearest);
        table.put("aten::upsample_linear1d", ResizingOperators::linear);
        table.put("aten::pixel_shuffle", ResizingOperators::shuffled);
        table.put("aten::pixel_unshuffle", ResizingOperators::unshuffled);
    }

    /** Resizes with nearest neighbours. The arguments are x, a size or None, and scale factors. */
    private static Object nearest(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int spatial = x.shape().rank() - 2;
        for (int i = 0; i < spatial; i++) {
            Dim size = x.shape().dim(2 + i);
            Double scale = call.isNone(1) ? (Double) call.list(2).get(i) : null;
            Optional<Dim> whole = scale == null ? call.dims(1).get(i).exactDiv(size) : times(scale);
            if (whole.isPresent() && whole.get().isConstant()) {
                x = IndexOperators.repeatEach(f, x, 2 + i, whole.get());
                continue;
            }
            if (scale != null) {
                throw call.unsupported("by factors that are not whole");
            }
            Dim wanted = call.dims(1).get(i);
            Value places = f.times(real(f, f.counted(wanted)), ratio(f, size, wanted));
            x = f.selected(x, 2 + i, whole(f, places, size));
        }
        return TensorRef.of(x);
    }

    private static Optional<Dim> times(double scale) {
        return scale == Math.rint(scale) ? Optional.of(Dim.of((long) scale)) : Optional.empty();
    }

    private static Value real(Formula f, Value x) {
        return f.cast(x, DType.FLOAT);
    }

    /** Returns the quotient in single precision, because libtorch rounds it before it multiplies. */
    private static Value ratio(Formula f, Dim top, Dim bottom) {
        return f.of(Op.DIV, real(f, f.whole(top)), real(f, f.whole(bottom)));
    }

    /** Returns the whole parts of places, none of them behind the last of {@code size}. */
    private static Value whole(Formula f, Value places, Dim size) {
        return f.of(Op.MINIMUM, f.cast(places, DType.INT), f.whole(size.minus(Dim.ONE)));
    }

    /**
     * Interpolates along straight lines. The arguments are x, a size or None, whether the ends stay where they are, and
     * scale factors.
     */
    private static Object linear(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        Dim size = x.shape().dim(2);
        Double scale = scale(call);
        Dim wanted = call.isNone(1) ? enlarged(call, size, scale) : call.dims(1).get(0);
        Value counted = real(f, f.counted(wanted));
        Value places;
        if (call.flag(2)) {
            Value gaps = f.least(real(f, f.whole(wanted.minus(Dim.ONE))), 1);
            places = f.times(counted, f.of(Op.DIV, real(f, f.whole(size.minus(Dim.ONE))), gaps));
        } else {
            Value step = scale == null ? ratio(f, size, wanted) : f.number(1 / scale);
            places = f.least(f.plus(f.times(f.plus(counted, 0.5), step), -0.5), 0);
        }
        Value left = whole(f, places, size);
        Value right = whole(f, f.plus(f.of(Op.FLOOR, places), 1), size);
        Value part = f.minus(places, real(f, left));
        Value from = f.selected(x, 2, left);
        return TensorRef.of(f.plus(from, f.times(f.minus(f.selected(x, 2, right), from), part)));
    }

    private static @Nullable Double scale(Call call) {
        if (call.isNone(3)) {
            return null;
        }
        return call.get(3) instanceof List<?> list ? (Double) list.get(0) : (Double) call.get(3);
    }

    private static Dim enlarged(Call call, Dim size, @Nullable Double scale) {
        Optional<Dim> factor = scale == null ? Optional.empty() : times(scale);
        return size.times(factor.orElseThrow(() -> call.unsupported("by factors that are not whole")));
    }

    /** Moves channels into height and width: {@code [.., c r r, h, w]} becomes {@code [.., c, h r, w r]}. */
    private static Object shuffled(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int r = call.integer(1);
        int at = x.shape().rank() - 3;
        Shape shape = x.shape();
        Dim channels = shape.dim(at).floorDiv((long) r * r);
        Value split =
                f.shaped(x, joined(shape, at, channels, Dim.of(r), Dim.of(r), shape.dim(at + 1), shape.dim(at + 2)));
        Value moved = f.moved(f.moved(split, at + 1, at + 3), at + 1, at + 4);
        return TensorRef.of(f.shaped(
                moved,
                joined(
                        shape,
                        at,
                        channels,
                        shape.dim(at + 1).times(r),
                        shape.dim(at + 2).times(r))));
    }

    /** Moves height and width into channels, the reverse of {@link #shuffled}. */
    private static Object unshuffled(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int r = call.integer(1);
        int at = x.shape().rank() - 3;
        Shape shape = x.shape();
        Dim height = shape.dim(at + 1).floorDiv(r);
        Dim width = shape.dim(at + 2).floorDiv(r);
        Value split = f.shaped(x, joined(shape, at, shape.dim(at), height, Dim.of(r), width, Dim.of(r)));
        Value moved = f.moved(f.moved(split, at + 2, at + 1), at + 4, at + 2);
        return TensorRef.of(f.shaped(moved, joined(shape, at, shape.dim(at).times((long) r * r), height, width)));
    }

    private static List<Dim> joined(Shape shape, int axes, Dim... rest) {
        List<Dim> dims = new ArrayList<>(shape.dims().subList(0, axes));
        dims.addAll(List.of(rest));
        return dims;
    }
}
