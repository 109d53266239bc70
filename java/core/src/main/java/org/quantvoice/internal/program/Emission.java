package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.longform.LocalAttention;

/** The steps of one program while they are written: known sizes, tensors by value, and small tools that emitters share. */
public final class Emission {
    /** Number of axes of the executor's views. */
    static final int MAX_RANK = 6;

    private record QuantizedKey(Strided.Rows rows, LayerPrecision precision) {}

    /**
     * A uint8 copy of rows.
     *
     * @param rows the copy
     * @param type whether there is one scale for the tensor or one for each row
     * @param scales buffer of scales that are found at run time, else null
     * @param zeros buffer of zero points that are found at run time, else null
     */
    record Quantized(
            Strided.Rows rows,
            StepOp.Type type,
            LayerPrecision precision,
            @Nullable Buffer scales,
            @Nullable Buffer zeros) {}

    final Fusion fusion;
    final Graph graph;
    final Weights weights;
    final Map<String, Long> sizes;
    final List<Draft> drafts = new ArrayList<>();
    /** The frames that self-attention sees; empty if it sees all. */
    Optional<LocalAttention> local = Optional.empty();
    /** Number of attention steps that are local. */
    int localSteps;

    private static final Set<Op> COMPUTED =
            EnumSet.of(Op.CUMSUM, Op.TRIANGLE, Op.ROUND, Op.INDEX_SELECT, Op.EMBEDDING, Op.ELU);

    private final SizeValues sizeValues;
    private final Map<Integer, Strided> tensors = new HashMap<>();
    private final Map<QuantizedKey, Quantized> quantized = new LinkedHashMap<>();
    private final Map<Strided, Strided.Rows> copiedRows = new HashMap<>();

    Emission(Fusion fusion, Weights weights, Map<String, Long> sizes) {
        this(fusion, weights, sizes, fusion.sizeOnly());
    }

    /** @param sizeOnly ids of values that planning may compute, because they depend on no input or stream */
    Emission(Fusion fusion, Weights weights, Map<String, Long> sizes, Set<Integer> sizeOnly) {
        this.fusion = fusion;
        this.graph = fusion.graph();
        this.weights = weights;
        this.sizes = sizes;
        this.sizeValues = new SizeValues(graph, sizeOnly, sizes);
    }

    /**
     * Returns the value of a node that planning computes, because the executor would have to compose it of other
     * steps.
     */
    Optional<Strided> known(Node node) {
        boolean rounds = node.op() == Op.CAST
                && node.input(0).type() == DType.FLOAT
                && node.output().type() == DType.INT;
        return rounds || COMPUTED.contains(node.op()) ? sizeValues.tensor(node.output()) : Optional.empty();
    }

    /** Returns the whole numbers of a value that planning knows; empty if an input or a stream changes them. */
    Optional<long[]> knownIntegers(Value value) {
        return sizeValues.integers(value);
    }

    void set(Value value, Strided tensor) {
        tensors.put(value.id(), tensor);
    }

    /** Returns whether a value is in memory at all; values inside a fused operator are not. */
    boolean has(Value value) {
        return tensors.containsKey(value.id()) || graph.constant(value).isPresent();
    }

    Strided tensor(Value value) {
        Strided known = tensors.get(value.id());
        if (known != null) {
            return known;
        }
        if (graph.constant(value).isEmpty()) {
            throw new IllegalStateException("got " + value + " before the node that makes it");
        }
        Strided constant = Strided.dense(
                Buffer.constant(weights.values(value)), value.shape().evaluate(sizes));
        tensors.put(value.id(), constant);
        return constant;
    }

    long[] shape(Value value) {
        return value.shape().evaluate(sizes);
    }

    Draft step(StepOp op, Node node) {
        String path = node.path().isEmpty() ? "" : "  # " + node.path();
        Draft draft = new Draft(op, node.op() + path);
        drafts.add(draft);
        return draft;
    }

    /** Returns a fresh tensor of floats whose rows are its last axis. */
    Strided fresh(long... dims) {
        Strided tensor = Strided.floats(dims);
        tensor.buffer().rowElements = dims.length == 0 ? 1 : Math.max(1, dims[dims.length - 1]);
        return tensor;
    }

    /** Returns the tensor as rows over its last axis; copies it if necessary. */
    Strided.Rows rows(Strided tensor, Node node) {
        Optional<Strided.Rows> rows = tensor.rows();
        return rows.orElseGet(() ->
                copiedRows.computeIfAbsent(tensor, t -> copy(t, node).rows().orElseThrow()));
    }

    Strided copy(Strided tensor, Node node) {
        Strided out = fresh(tensor.dims());
        copy(tensor, out, node);
        return out;
    }

    /** Copies into a part of another tensor of the same shape. */
    void copy(Strided from, Strided to, Node node) {
        Strided[] loop = Strided.joined(from, to);
        Draft draft = step(StepOp.COPY, node);
        dims(draft, loop[1], node);
        view(draft, "in", loop[0], node);
        writtenView(draft, loop[1], node);
        draft.number("fill", 0).real("value", 0);
    }

    void fill(Strided to, double value, Node node) {
        Draft draft = step(StepOp.COPY, node);
        dims(draft, to, node);
        draft.none("in.at").numbers("in.stride", new long[MAX_RANK]);
        writtenView(draft, to, node);
        draft.number("fill", 1).real("value", value);
    }

    static void dims(Draft draft, Strided tensor, Node node) {
        draft.numbers("dim", axes(tensor.dims(), 1, node));
    }

    /** Sets a field that is a view so that the step reads a tensor. */
    static void view(Draft draft, String field, Strided tensor, Node node) {
        draft.reads(field + ".at", tensor.buffer(), tensor.offset());
        draft.numbers(field + ".stride", axes(tensor.strides(), 0, node));
    }

    /** Sets the view {@code out} so that the step writes a tensor. */
    static void writtenView(Draft draft, Strided tensor, Node node) {
        draft.writes("out.at", tensor.buffer(), tensor.offset());
        draft.numbers("out.stride", axes(tensor.strides(), 0, node));
    }

    /**
     * Returns one number for each of the executor's axes; the first are set to {@code before} where the tensor has
     * fewer.
     */
    private static long[] axes(long[] own, long before, Node node) {
        if (own.length > MAX_RANK) {
            throw unsupported(node, "a tensor of " + own.length + " axes");
        }
        long[] all = new long[MAX_RANK];
        Arrays.fill(all, before);
        System.arraycopy(own, 0, all, MAX_RANK - own.length, own.length);
        return all;
    }

    /** Returns a uint8 copy of rows for a product; all products that need the same copy share it. */
    Quantized quantize(Strided.Rows rows, LayerPrecision precision, Node node) {
        return quantized.computeIfAbsent(new QuantizedKey(rows, precision), k -> emitQuantize(rows, precision, node));
    }

    private Quantized emitQuantize(Strided.Rows rows, LayerPrecision precision, Node node) {
        boolean fixed = precision.kind() == LayerPrecision.Kind.INT8_STATIC;
        StepOp.Type type = fixed ? StepOp.Type.U8 : StepOp.Type.U8_ROWS;
        Buffer out = Buffer.bytes(rows.rows() * rows.columns());
        out.rowElements = rows.columns();
        Buffer scales = fixed ? null : rowParameters(rows.rows());
        Buffer zeros = fixed ? null : rowParameters(rows.rows());
        Draft draft = step(StepOp.QUANTIZE_ROWS, node).rows(rows.rows()).number("n", rows.columns());
        readRows(draft, "in", rows).number("act", Activation.Act.NONE);
        draft.writes("out", out, 0).number("out_ld", rows.columns()).number("out_type", type);
        draft.real("out_scale", precision.scale()).number("out_zero", precision.zero());
        if (scales == null || zeros == null) {
            draft.none("out_scales", "out_zeros");
        } else {
            draft.writes("out_scales", scales, 0).writes("out_zeros", zeros, 0);
        }
        Strided.Rows copy = new Strided.Rows(out, 0, rows.rows(), rows.columns(), rows.columns());
        return new Quantized(copy, type, precision, scales, zeros);
    }

    private static Buffer rowParameters(long rows) {
        Buffer buffer = Buffer.floats(rows);
        buffer.rowElements = 1;
        return buffer;
    }

    /** Sets place and row stride of rows of which a row-local step reads its own row. */
    static Draft readRows(Draft draft, String field, Strided.Rows rows) {
        boolean aligned = rows.buffer().rowElements == rows.stride() && rows.offset() + rows.columns() <= rows.stride();
        if (aligned) {
            draft.readsRow(field, rows.buffer(), rows.offset());
        } else {
            draft.reads(field, rows.buffer(), rows.offset());
        }
        return draft.number(field + "_ld", rows.stride());
    }

    /**
     * Removes steps whose results nobody reads, such as steps that only lead to a value that planning computed.
     *
     * @param read buffers that are read after the run
     */
    void removeUnread(Set<Buffer> read) {
        Set<Buffer> needed = new HashSet<>(read);
        List<Draft> kept = new ArrayList<>();
        for (int i = drafts.size() - 1; i >= 0; i--) {
            Draft draft = drafts.get(i);
            if (draft.writes.stream().anyMatch(b -> b.slot >= 0 || needed.contains(b))) {
                needed.addAll(draft.reads);
                kept.add(draft);
            }
        }
        Collections.reverse(kept);
        drafts.clear();
        drafts.addAll(kept);
    }

    public static UnsupportedOperatorException unsupported(Node node, String what) {
        return new UnsupportedOperatorException(
                node.op() + " with " + what + " at " + (node.path().isEmpty() ? "the top module" : node.path()),
                "an operator of the native engine",
                "run this model with Engine.LIBTORCH");
    }
}
