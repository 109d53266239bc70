package org.quantvoice.internal.program;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.internal.longform.LocalAttention;

/** Writes the steps of attention: one operator where it can, else the products and the softmax one by one. */
final class AttentionEmitter {
    private static final List<String> BAND = List.of("banded", "before", "after", "shift", "global");
    /** Fields that {@link PositionScores} sets where scores of positions are a product. */
    private static final List<String> POSITIONS =
            List.of("pos_head", "pos_n", "pos_first", "pos_q_ld", "pos_q_head", "pos_add_head");

    private final Emission emission;
    private final AttentionMask masks;

    AttentionEmitter(Emission emission, ElementwiseEmitter elementwise) {
        this.emission = emission;
        masks = new AttentionMask(emission, elementwise);
    }

    /**
     * Returns whether the operator takes these heads: there are as many of keys and values as of queries, all of one
     * width.
     */
    boolean takes(AttentionMatch match) {
        long[] q = emission.shape(match.query());
        long[] k = emission.shape(match.key());
        long[] v = emission.shape(match.value());
        int last = q.length - 1;
        long width = k[match.keyTransposed() ? last - 1 : last];
        return width == q[last]
                && v[last] == q[last]
                && Arrays.equals(q, 0, last - 1, k, 0, last - 1)
                && Arrays.equals(q, 0, last - 1, v, 0, last - 1);
    }

    void attention(Node node, AttentionMatch match) {
        Strided allQ = emission.tensor(match.query());
        Strided allK = key(match);
        Strided allV = emission.tensor(match.value());
        long[] scores = allQ.dims().clone();
        scores[scores.length - 1] = allK.dims()[scores.length - 2];
        Strided mask = masks.of(node, match, scores).orElse(null);
        if (mask == null && !match.causal() && emission.local.isEmpty() && sharesKeys(allQ, allK, allV)) {
            Strided joined = joinQueries(allQ);
            Strided out = attention(
                    node,
                    match,
                    heads(joined, node),
                    heads(allK.slice(0, 0, 1, 1), node),
                    heads(allV.slice(0, 0, 1, 1), node),
                    null);
            emission.set(node.output(), splitQueries(out, emission.shape(node.output())));
            return;
        }
        if (mask != null && scores.length == 4 && joinLeading(mask) == null) {
            emission.set(node.output(), bySequence(node, match, allQ, allK, allV, mask));
            return;
        }
        Strided out = attention(
                node,
                match,
                heads(allQ, node),
                heads(allK, node),
                heads(allV, node),
                mask == null ? null : heads(mask, node));
        emission.set(node.output(), withLeadingOnes(out, emission.shape(node.output())));
    }

    /** Writes a step for each sequence, because no single stride leads from each head's mask to the next. */
    private Strided bySequence(Node node, AttentionMatch match, Strided q, Strided k, Strided v, Strided mask) {
        long[] dims = emission.shape(node.output());
        Strided out = emission.fresh(dims[0], dims[2], dims[1] * dims[3]);
        for (int i = 0; i < dims[0]; i++) {
            emit(
                    node,
                    match,
                    heads(q.slice(0, i, 1, 1), node),
                    heads(k.slice(0, i, 1, 1), node),
                    heads(v.slice(0, i, 1, 1), node),
                    heads(mask.slice(0, i, 1, 1), node),
                    out.slice(0, i, 1, 1));
        }
        return out.reshape(dims[0], dims[2], dims[1], dims[3]).orElseThrow().transpose(0, 2, 1, 3);
    }

    /** Returns whether several sequences attend to the same keys and lie one behind the other in memory. */
    private static boolean sharesKeys(Strided q, Strided k, Strided v) {
        return q.rank() == 4
                && k.rank() == 4
                && v.rank() == 4
                && q.dims()[0] > 1
                && k.strides()[0] == 0
                && v.strides()[0] == 0
                && q.strides()[0] == q.dims()[2] * q.strides()[2];
    }

    /** Returns the queries of all sequences as if they were the rows of one. */
    private static Strided joinQueries(Strided q) {
        return new Strided(
                q.buffer(),
                q.offset(),
                new long[] {1, q.dims()[1], q.dims()[0] * q.dims()[2], q.dims()[3]},
                q.strides());
    }

    /** Returns {@code [heads, sequences * rows, d]} as {@code [sequences, heads, rows, d]}. */
    private static Strided splitQueries(Strided byHead, long[] dims) {
        long[] s = byHead.strides();
        return new Strided(
                byHead.buffer(), byHead.offset(), dims.clone(), new long[] {dims[2] * s[1], s[0], s[1], s[2]});
    }

    /** Writes attention as one step and returns its result, {@code [heads, rows, d]}. */
    private Strided attention(
            Node node, AttentionMatch match, Strided q, Strided k, Strided v, @Nullable Strided mask) {
        Strided out = emission.fresh(q.dims()[1], q.dims()[0] * q.dims()[2]);
        emit(node, match, q, k, v, mask, out);
        return out.reshape(q.dims()[1], q.dims()[0], q.dims()[2]).orElseThrow().transpose(1, 0, 2);
    }

    /**
     * Writes the step of attention.
     *
     * @param q queries {@code [heads, rows, d]}; k and v have shapes of the same form
     * @param mask numbers added to the scores, {@code [heads, rows or 1, keys]}
     * @param out {@code [.., rows, heads * d]}, dense
     */
    private void emit(
            Node node, AttentionMatch match, Strided q, Strided k, Strided v, @Nullable Strided mask, Strided out) {
        long heads = q.dims()[0];
        long rows = q.dims()[1];
        long keys = k.dims()[1];
        long d = q.dims()[2];
        if (v.dims()[2] != d || k.dims()[0] != heads || v.dims()[0] != heads) {
            throw Emission.unsupported(node, "heads of different shapes");
        }
        Draft draft = emission.step(StepOp.ATTENTION, node);
        sizes(draft, heads, rows, keys, d).real("scale", match.scale());
        heads(draft, "q", q);
        heads(draft, "k", k);
        heads(draft, "v", v);
        if (mask == null) {
            draft.none("mask");
        } else {
            draft.reads("mask", mask.buffer(), mask.offset());
        }
        draft.writes("out", out.buffer(), out.offset())
                .number("out_ld", heads * d)
                .number("out_head", d);
        draft.number("exact", AttentionNumbers.of(emission.fusion).code);
        draft.number("mask_ld", maskStride(mask, 1)).number("mask_head", maskStride(mask, 0));
        if (match.causal()) {
            draft.number("banded", 1).number("before", -1); // a causal row sees all keys before it, and its own
        }
        if (rows == keys && emission.local.isPresent()) {
            localise(node, draft, emission.local.get(), match.causal());
        }
    }

    /**
     * Refuses a node that is self-attention but not one step of the plan when attention must be local: some layers
     * would see a window and others everything.
     */
    void requireNotLocal(Node node) {
        if (emission.local.isPresent() && isSelfAttention(node)) {
            throw cannotBeLocal(
                    node,
                    "attention that is no single step of the plan",
                    "leave out localAttention (--local-attention)");
        }
    }

    private static UnsupportedOperatorException cannotBeLocal(Node node, String what, String cure) {
        return new UnsupportedOperatorException(
                "local attention for " + node.path() + ", " + what, "attention that a window can be cut out of", cure);
    }

    /**
     * Returns whether the node is self-attention: an attention operator, or a product of values with a softmax over
     * as many keys as there are rows.
     */
    private boolean isSelfAttention(Node node) {
        if (node.op() == Op.ATTENTION) {
            return true;
        }
        long[] weights = emission.shape(node.input(0));
        int rank = weights.length;
        boolean softmax = emission.graph
                .producer(node.input(0))
                .filter(p -> p.op() == Op.SOFTMAX)
                .isPresent();
        return softmax && rank > 1 && weights[rank - 1] > 1 && weights[rank - 1] == weights[rank - 2];
    }

    /** Closes the keys that are not near a row. In causal attention the keys behind the row are closed already. */
    private void localise(Node node, Draft draft, LocalAttention local, boolean causal) {
        if (causal && local.global() > 0) {
            throw cannotBeLocal(
                    node, "causal attention, whose first frames cannot see all", "leave out the global frames");
        }
        draft.number("banded", 1).number("before", local.before());
        draft.number("after", causal ? 0 : local.after()).number("global", local.global());
        long seen = Math.min(draft.number("keys"), 1L + local.before() + local.after() + local.global());
        draft.operations = draft.operations / draft.number("keys") * seen;
        emission.localSteps++;
    }

    /** Sets the sizes, and lets every row see all keys that the mask leaves open. */
    static Draft sizes(Draft draft, long heads, long rows, long keys, long d) {
        draft.number("heads", heads).number("rows", rows).number("keys", keys).number("d", d);
        BAND.forEach(field -> draft.number(field, 0));
        POSITIONS.forEach(field -> draft.number(field, 0));
        draft.none("pos", "pos_q", "pos_add").real("pos_scale", 1);
        draft.operations = 4 * heads * rows * keys * d;
        return draft;
    }

    private static void heads(Draft draft, String field, Strided tensor) {
        draft.reads(field, tensor.buffer(), tensor.offset());
        draft.number(field + "_ld", tensor.strides()[1]).number(field + "_head", tensor.strides()[0]);
    }

    /** Returns the stride from one row or head of the mask to the next, in elements; 0 where all share one. */
    private static long maskStride(@Nullable Strided mask, int axis) {
        return mask == null || mask.dims()[axis] == 1 ? 0 : mask.strides()[axis];
    }

    private Strided key(AttentionMatch match) {
        Strided key = emission.tensor(match.key());
        return match.keyTransposed() ? NormEmitter.swapped(key, key.rank() - 2) : key;
    }

    /** Returns the tensor as {@code [heads, rows, d]} with contiguous d. */
    private Strided heads(Strided x, Node node) {
        int rank = x.rank();
        long[] dims = x.dims();
        Strided contiguous = dims[rank - 1] == 1 || x.strides()[rank - 1] == 1 ? x : emission.copy(x, node);
        Strided joined = joinLeading(contiguous);
        return joined != null ? joined : Objects.requireNonNull(joinLeading(emission.copy(x, node)));
    }

    /** Returns the tensor with all leading axes joined to one; null if no single stride leads through them. */
    private static @Nullable Strided joinLeading(Strided x) {
        int rank = x.rank();
        long stride = 0;
        long seen = 1;
        for (int i = rank - 3; i >= 0; i--) {
            if (x.dims()[i] == 1) {
                continue;
            }
            if (seen == 1) {
                stride = x.strides()[i];
            } else if (x.strides()[i] != stride * seen) {
                return null;
            }
            seen *= x.dims()[i];
        }
        return new Strided(
                x.buffer(), x.offset(), new long[] {seen, x.dims()[rank - 2], x.dims()[rank - 1]}, new long[] {
                    stride, x.strides()[rank - 2], x.strides()[rank - 1]
                });
    }

    private static Strided withLeadingOnes(Strided byHead, long[] dims) {
        long[] strides = new long[dims.length];
        int last = dims.length - 1;
        strides[last] = byHead.strides()[2];
        strides[last - 1] = byHead.strides()[1];
        long stride = byHead.strides()[0];
        for (int i = last - 2; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return new Strided(byHead.buffer(), byHead.offset(), dims.clone(), strides);
    }
}
