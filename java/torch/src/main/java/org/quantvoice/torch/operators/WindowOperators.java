package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/** Operators that copy sliding windows to a tensor: {@code unfold}, and {@code as_strided} where it makes windows. */
final class WindowOperators {
    /** Windows of more pieces than this are copied by a convolution with a unit matrix. */
    private static final int MOST_PIECES = 64;

    private WindowOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::unfold", WindowOperators::unfold);
        table.put("aten::as_strided", WindowOperators::strided);
        table.put("aten::stride", WindowOperators::strides);
        table.put("aten::is_contiguous", call -> true);
    }

    private static Object unfold(Call call) {
        Value x = call.value(0);
        int axis = call.axis(1, x);
        Formula f = new Formula(call);
        int last = x.shape().rank() - 1;
        Value windows = frames(call, f.moved(x, axis, last), call.integer(2), call.integer(3));
        return TensorRef.of(f.moved(windows, last, axis));
    }

    /** Returns {@code [.., length]} as overlapping windows {@code [.., windows, size]}. */
    static Value frames(Call call, Value x, int size, int step) {
        Formula f = new Formula(call);
        int last = x.shape().rank() - 1;
        Dim count = x.shape().dim(last).plus(-size).floorDiv(step).plus(1);
        int piece = java.math.BigInteger.valueOf(size)
                .gcd(java.math.BigInteger.valueOf(step))
                .intValueExact();
        if (size / piece > MOST_PIECES) {
            return convolved(call, f, x, size, step, count);
        }
        Dim used = count.plus(-1).times(step).plus(size);
        List<Dim> pieces = new ArrayList<>(x.shape().dims().subList(0, last));
        Dim rows = count.plus(-1).times(step / piece).plus(size / piece);
        pieces.add(rows);
        pieces.add(Dim.of(piece));
        Value cut = f.shaped(f.slice(x, last, Dim.ZERO, used), pieces);
        List<Value> parts = new ArrayList<>();
        Dim span = count.plus(-1).times(step / piece).plus(1);
        for (int i = 0; i < size / piece; i++) {
            parts.add(f.slice(cut, last, Dim.of(i), span.plus(i), step / piece));
        }
        return f.joined(last + 1, parts);
    }

    private static Value convolved(Call call, Formula f, Value x, int size, int step, Dim count) {
        int last = x.shape().rank() - 1;
        Dim rows = Dim.ONE;
        for (Dim dim : x.shape().dims().subList(0, last)) {
            rows = rows.times(dim);
        }
        Tensor unit = torch.eye(size).unsqueeze(1);
        Value kernel = call.constant(TensorRef.of(unit), call.path(), "unit");
        Attributes attributes = Attributes.of(
                        "stride", new int[] {step}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1)
                .with(LayerPrecision.EXACT, true);
        Value flat = f.shaped(x, List.of(rows, Dim.ONE, x.shape().dim(last)));
        Value windows = f.permuted(call.add(Op.CONV1D, attributes, flat, kernel), 0, 2, 1);
        List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, last));
        dims.add(count);
        dims.add(Dim.of(size));
        return f.shaped(windows, dims);
    }

    /** Returns the strides of a contiguous tensor, as all tensors of the graph are. */
    private static List<Dim> dense(List<Dim> dims) {
        List<Dim> strides = new ArrayList<>();
        Dim stride = Dim.ONE;
        for (int i = dims.size() - 1; i >= 0; i--) {
            strides.add(0, stride);
            stride = stride.times(dims.get(i));
        }
        return strides;
    }

    private static Object strides(Call call) {
        List<Dim> strides = dense(call.shape(0).dims());
        if (call.count() == 1) {
            return new ArrayList<Object>(strides);
        }
        return strides.get(call.axis(1, call.value(0)));
    }

    /**
     * Emits {@code as_strided} where the first axes are those of the tensor, and the rest is one axis, or two that read
     * windows of the flattened rest.
     */
    private static Object strided(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        List<Dim> size = call.dims(1);
        List<Dim> stride = call.dims(2);
        Dim offset = call.isNone(3) ? Dim.ZERO : call.dim(3);
        List<Dim> own = dense(x.shape().dims());
        int kept = 0;
        while (kept < size.size() - 2
                && kept < x.shape().rank() - 1
                && size.get(kept).equals(x.shape().dim(kept))
                && stride.get(kept).equals(own.get(kept))) {
            kept++;
        }
        int left = size.size() - kept;
        if (left < 1 || left > 2 || !stride.get(size.size() - 1).is(1)) {
            throw call.unsupported("sizes " + size + " and strides " + stride + " of a tensor " + x.shape());
        }
        Dim rest = Dim.ONE;
        for (int axis = kept; axis < x.shape().rank(); axis++) {
            rest = rest.times(x.shape().dim(axis));
        }
        List<Dim> front = new ArrayList<>(x.shape().dims().subList(0, kept));
        front.add(rest);
        Value flat = f.shaped(x, front);
        Dim width = size.get(size.size() - 1);
        if (left == 1) {
            return TensorRef.of(f.slice(flat, kept, offset, offset.plus(width)));
        }
        return TensorRef.of(rows(call, f, flat, kept, size.get(kept), width, stride.get(kept), offset));
    }

    @SuppressWarnings("checkstyle:ParameterNumber")
    private static Value rows(Call call, Formula f, Value flat, int axis, Dim rows, Dim width, Dim step, Dim offset) {
        Dim span = rows.plus(-1).times(step).plus(width);
        if (width.isConstant() && step.isConstant()) {
            Value part = f.slice(flat, axis, offset, offset.plus(span));
            return frames(call, part, (int) width.constant(), (int) step.constant());
        }
        Value starts = f.of(Op.ADD, f.of(Op.MUL, f.counted(rows), step), offset);
        Value places = f.plus(f.unsqueezed(starts, 1), f.counted(width));
        Value picked = f.selected(flat, axis, f.shaped(places, List.of(rows.times(width))));
        List<Dim> dims = new ArrayList<>(flat.shape().dims().subList(0, axis));
        dims.add(rows);
        dims.add(width);
        return f.shaped(picked, dims);
    }
}
