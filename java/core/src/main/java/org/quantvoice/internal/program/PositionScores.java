package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets attention compute the scores of relative positions itself: a product of queries with position keys that nothing but the mask
 * of one attention step reads, shifted by one more position from row to row. The keys are packed by a step of their own, so that a
 * program that runs many times packs them once. Only places and strides decide, so it does not matter how a model spells the shift.
 */
final class PositionScores {
    /** No kernel takes more columns or more depth at a time, so that these round a packed matrix up at least as far as any does. */
    private static final long MOST_COLUMNS = 64;

    private static final long MOST_DEPTH = 16;
    private static final long MOST_PACKED = 65536;
    private static final long ALIGN = 64;

    private final List<Draft> drafts;
    private final Map<Buffer, List<Draft>> writers = new HashMap<>();
    private final Map<Buffer, List<Draft>> readers = new HashMap<>();

    private PositionScores(List<Draft> drafts) {
        this.drafts = drafts;
        for (Draft draft : drafts) {
            draft.reads.forEach(
                    b -> readers.computeIfAbsent(b, k -> new ArrayList<>()).add(draft));
            draft.writes.forEach(
                    b -> writers.computeIfAbsent(b, k -> new ArrayList<>()).add(draft));
        }
    }

    static void apply(List<Draft> drafts) {
        PositionScores scores = new PositionScores(drafts);
        List.copyOf(drafts).stream().filter(d -> d.op == StepOp.ATTENTION).forEach(scores::take);
    }

    private void take(Draft attention) {
        if (!(attention.get("mask") instanceof Draft.Place mask) || !isBetween(mask.buffer(), attention)) {
            return;
        }
        List<Draft> written = writers.getOrDefault(mask.buffer(), List.of());
        List<Draft> products =
                written.stream().filter(d -> d.op == StepOp.MATMUL).toList();
        boolean others = written.stream().anyMatch(d -> d.op != StepOp.MATMUL && !isBorder(d));
        if (products.size() != 1 || others || !isShifted(attention, products.get(0), mask)) {
            return;
        }
        Draft product = products.get(0);
        if (!isDone(((Draft.Place) product.get("a")).buffer(), product)) {
            return;
        }
        queries(attention, product);
        drafts.set(drafts.indexOf(product), packed(attention, product));
        attention.number("pos_first", first(product, mask));
        attention.none("mask").number("mask_ld", 0).number("mask_head", 0);
        attention.reads.remove(mask.buffer());
        attention.operations += product.operations;
        drafts.removeAll(written);
    }

    /** Returns whether nothing reads a buffer but one step, and nothing sees it behind the run. */
    private boolean isBetween(Buffer buffer, Draft reader) {
        return !buffer.pinned
                && buffer.slot < 0
                && buffer.constant == null
                && List.of(reader).equals(readers.get(buffer));
    }

    /** Returns whether a buffer has its numbers before a step and keeps them behind it, so that a later step reads the same ones. */
    private boolean isDone(Buffer buffer, Draft step) {
        int at = drafts.indexOf(step);
        return writers.getOrDefault(buffer, List.of()).stream().allMatch(d -> drafts.indexOf(d) < at);
    }

    private static boolean isBorder(Draft draft) {
        return draft.op == StepOp.COPY && draft.number("fill") == 1;
    }

    /** Returns the column of the product that is the score of the first row with the first key. */
    private static long first(Draft product, Draft.Place mask) {
        return (mask.bytes() - ((Draft.Place) product.get("out")).bytes()) / Float.BYTES;
    }

    /**
     * Returns whether each score of a mask is one of the product's, in the row of its query and one column further left in each
     * row.
     */
    private static boolean isShifted(Draft attention, Draft product, Draft.Place mask) {
        long first = first(product, mask);
        long heads = attention.number("heads");
        boolean sameHeads = product.number("batch0") == 1
                && product.number("batch1") == heads
                && (heads == 1 || attention.number("mask_head") == product.number("out_batch1"));
        return sameHeads
                && product.number("m") == attention.number("rows")
                && product.number("k") == attention.number("d")
                && product.number("a_col") == 1
                && attention.number("mask_ld") == product.number("out_row") - 1
                && first >= attention.number("rows") - 1
                && first + attention.number("keys") <= product.number("n")
                && product.number("n") <= MOST_PACKED
                && product.number("k") <= MOST_PACKED;
    }

    /** Makes the step that packs the right side of a product, and lets attention read what it writes. */
    private static Draft packed(Draft attention, Draft product) {
        long n = product.number("n");
        long depth = product.number("k");
        long heads = attention.number("heads");
        long bytes = up(up(n, MOST_COLUMNS) * (up(depth, MOST_DEPTH) + 3) * Float.BYTES, ALIGN);
        Buffer content = Buffer.bytes(heads * bytes);
        Draft pack = new Draft(StepOp.PACK, product.label)
                .number("count", heads)
                .number("n", n)
                .number("k", depth);
        Draft.Place keys = (Draft.Place) product.get("b");
        pack.reads("in", keys.buffer(), keys.bytes() / Float.BYTES)
                .number("in_head", product.number("b_batch1"))
                .number("in_n", product.number("b_col"))
                .number("in_k", product.number("b_row"))
                .number("exact", attention.number("exact") == 1 ? 1 : 0)
                .writes("out", content, 0)
                .number("out_head", bytes);
        attention.reads("pos", content, 0).number("pos_head", bytes).number("pos_n", n);
        return pack;
    }

    private static long up(long value, long unit) {
        return (value + unit - 1) / unit * unit;
    }

    /** Lets attention read the left side of a product and, where it was made for it alone, what that was made of. */
    private void queries(Draft attention, Draft product) {
        Draft.Place q = (Draft.Place) product.get("a");
        double scale = 1;
        Draft scaling = maker(q, product, StepOp.UNARY);
        Draft reader = product;
        if (scaling != null && isScaling(scaling)) {
            scale = Double.longBitsToDouble(scaling.number("mul"));
            Draft.Place in = (Draft.Place) scaling.get("in");
            q = new Draft.Place(in.buffer(), in.bytes() + q.bytes() - ((Draft.Place) scaling.get("out")).bytes());
            drafts.remove(scaling);
            reader = scaling;
        }
        attention.real("pos_scale", scale);
        Draft sum = maker(q, reader, StepOp.BINARY);
        if (sum == null || !biased(attention, product, sum, q)) {
            attention.reads("pos_q", q.buffer(), q.bytes() / Float.BYTES);
            attention.number("pos_q_ld", product.number("a_row")).number("pos_q_head", product.number("a_batch1"));
            attention.none("pos_add").number("pos_add_head", 0);
        }
    }

    /** Returns the step that makes what a place reads, if it makes it for one reader alone; else null. */
    private @Nullable Draft maker(Draft.Place place, Draft reader, StepOp op) {
        List<Draft> made = writers.getOrDefault(place.buffer(), List.of());
        boolean alone = made.size() == 1 && made.get(0).op == op && isBetween(place.buffer(), reader);
        return alone && made.get(0).reads.stream().allMatch(b -> isDone(b, made.get(0))) ? made.get(0) : null;
    }

    private static boolean isScaling(Draft unary) {
        return unary.number("act") == Activation.Act.NONE.ordinal()
                && Double.longBitsToDouble(unary.number("add")) == 0
                && unary.number("in_ld") == unary.number("out_ld");
    }

    /** Takes the operands of a sum of queries and a row of each head in its place; returns whether it is one. */
    private boolean biased(Draft attention, Draft product, Draft sum, Draft.Place q) {
        if (sum.number("op") != StepOp.Binary.ADD.ordinal()
                || Double.longBitsToDouble(sum.number("alpha")) != 1
                || !q.equals(sum.get("out.at"))) {
            return false;
        }
        long[] sizes = {attention.number("heads"), attention.number("rows"), attention.number("d")};
        long[] strides = {sizes[0] == 1 ? 0 : product.number("a_batch1"), product.number("a_row"), 1};
        long[] a = SumAxes.of(sum, "a", sizes, strides);
        long[] b = SumAxes.of(sum, "b", sizes, strides);
        if (a == null || b == null || a[2] != 1 || b[1] != 0 || b[2] != 1 || a[0] < 0 || a[1] < 0 || b[0] < 0) {
            return false;
        }
        Draft.Place from = (Draft.Place) sum.get("a.at");
        Draft.Place more = (Draft.Place) sum.get("b.at");
        attention.reads("pos_q", from.buffer(), from.bytes() / Float.BYTES);
        attention.number("pos_q_head", a[0]).number("pos_q_ld", a[1]);
        attention.reads("pos_add", more.buffer(), more.bytes() / Float.BYTES).number("pos_add_head", b[0]);
        drafts.remove(sum);
        return true;
    }

    /** Finds the axes of a sum that a view of its result goes along. */
    private static final class SumAxes {
        private SumAxes() {}

        /**
         * Returns the strides with which an operand is read where the result is read with given ones from its begin; null if the view
         * does not follow the axes of the sum.
         */
        static long @Nullable [] of(Draft sum, String operand, long[] sizes, long[] strides) {
            long[] dims = sum.numbers("dim");
            long[] out = sum.numbers("out.stride");
            long[] in = sum.numbers(operand + ".stride");
            long[] reach = new long[dims.length];
            long[] found = new long[sizes.length];
            for (int i = 0; i < sizes.length; i++) {
                int axis = sizes[i] == 1 ? -1 : axisOf(dims, out, strides[i]);
                if (axis < 0 && sizes[i] > 1) {
                    return null;
                }
                if (axis >= 0) {
                    long step = strides[i] / out[axis];
                    reach[axis] += (sizes[i] - 1) * step;
                    found[i] = in[axis] * step;
                } else {
                    found[i] = i == sizes.length - 1 ? 1 : 0;
                }
            }
            for (int axis = 0; axis < dims.length; axis++) {
                if (reach[axis] >= dims[axis]) {
                    return null;
                }
            }
            return found;
        }

        /** Returns the axis of the largest stride that a step is a multiple of, or -1. */
        private static int axisOf(long[] dims, long[] strides, long step) {
            int best = -1;
            for (int axis = 0; axis < dims.length; axis++) {
                boolean fits = dims[axis] > 1 && strides[axis] > 0 && step > 0 && step % strides[axis] == 0;
                if (fits && (best < 0 || strides[axis] > strides[best])) {
                    best = axis;
                }
            }
            return best;
        }
    }
}
