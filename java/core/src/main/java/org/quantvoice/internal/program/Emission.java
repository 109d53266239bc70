package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** The steps of one program while they are written: known sizes, tensors by value, and small tools that emitters share. */
public final class Emission {
    /** The executor's views have this many axes. */
    static final int MAX_RANK = 6;

    private record QuantizedKey(Strided.Rows rows, LayerPrecision precision) {}

    /**
     * A uint8 copy of rows.
     *
     * @param rows the copy
     * @param type 1: one scale for the tensor, 2: one a row
     * @param scales where they are if they are found at run time, else null
     * @param zeros zero points likewise
     */
    record Quantized(Strided.Rows rows, int type, LayerPrecision precision, Buffer scales, Buffer zeros) {}

    final Fusion fusion;
    final Graph graph;
    final Weights weights;
    final Map<String, Long> sizes;
    final List<Draft> drafts = new ArrayList<>();

    private static final Set<Op> COMPUTED =
            EnumSet.of(Op.CUMSUM, Op.TRIANGLE, Op.ROUND, Op.INDEX_SELECT, Op.EMBEDDING, Op.ELU);

    private final SizeValues sizeValues;
    private final Map<Integer, Strided> tensors = new HashMap<>();
    private final Map<QuantizedKey, Quantized> quantized = new LinkedHashMap<>();
    private final Map<Strided, Strided.Rows> copiedRows = new HashMap<>();

    Emission(Fusion fusion, Weights weights, Map<String, Long> sizes) {
        this(fusion, weights, sizes, fusion.sizeOnly());
    }

    /** @param sizeOnly ids of values that planning may compute, since no input or stream changes them */
    Emission(Fusion fusion, Weights weights, Map<String, Long> sizes, Set<Integer> sizeOnly) {
        this.fusion = fusion;
        this.graph = fusion.graph();
        this.weights = weights;
        this.sizes = sizes;
        this.sizeValues = new SizeValues(graph, sizeOnly, sizes);
    }

    /** The value of a node that planning computes since the run would have to compose it. */
    Optional<Strided> known(Node node) {
        boolean rounds = node.op() == Op.CAST
                && node.input(0).type() == DType.FLOAT
                && node.output().type() == DType.INT;
        return rounds || COMPUTED.contains(node.op()) ? sizeValues.tensor(node.output()) : Optional.empty();
    }

    /** Whole numbers that planning knows; empty if an input or a stream changes them. */
    Optional<long[]> knownIntegers(Value value) {
        return sizeValues.integers(value);
    }

    void set(Value value, Strided tensor) {
        tensors.put(value.id(), tensor);
    }

    /** Whether a value is in memory at all; what lies inside of a fused operator is not. */
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

    /** A fresh tensor of floats whose rows are its last axis. */
    Strided fresh(long... dims) {
        Strided tensor = Strided.floats(dims);
        tensor.buffer().rowElements = dims.length == 0 ? 1 : Math.max(1, dims[dims.length - 1]);
        return tensor;
    }

    /** The tensor as rows over its last axis, copied if need be. */
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
        view(draft, loop[0], false, node);
        view(draft, loop[1], true, node);
        draft.number(0).real(0);
    }

    void fill(Strided to, double value, Node node) {
        Draft draft = step(StepOp.COPY, node);
        dims(draft, to, node);
        draft.none();
        draft.numbers(new long[MAX_RANK]);
        view(draft, to, true, node);
        draft.number(1).real(value);
    }

    static void dims(Draft draft, Strided tensor, Node node) {
        checkRank(tensor, node);
        for (int i = 0; i < MAX_RANK; i++) {
            int axis = i - (MAX_RANK - tensor.rank());
            draft.number(axis < 0 ? 1 : tensor.dims()[axis]);
        }
    }

    static void view(Draft draft, Strided tensor, boolean write, Node node) {
        checkRank(tensor, node);
        if (write) {
            draft.writes(tensor.buffer(), tensor.offset());
        } else {
            draft.reads(tensor.buffer(), tensor.offset());
        }
        for (int i = 0; i < MAX_RANK; i++) {
            int axis = i - (MAX_RANK - tensor.rank());
            draft.number(axis < 0 ? 0 : tensor.strides()[axis]);
        }
    }

    private static void checkRank(Strided tensor, Node node) {
        if (tensor.rank() > MAX_RANK) {
            throw unsupported(node, "a tensor of " + tensor.rank() + " axes");
        }
    }

    /** A uint8 copy of rows for a product; made once for all products that want the same. */
    Quantized quantize(Strided.Rows rows, LayerPrecision precision, Node node) {
        return quantized.computeIfAbsent(new QuantizedKey(rows, precision), k -> emitQuantize(rows, precision, node));
    }

    private Quantized emitQuantize(Strided.Rows rows, LayerPrecision precision, Node node) {
        boolean fixed = precision.kind() == LayerPrecision.Kind.INT8_STATIC;
        Buffer out = Buffer.bytes(rows.rows() * rows.columns());
        out.rowElements = rows.columns();
        Buffer scales = fixed ? null : rowParameters(rows.rows());
        Buffer zeros = fixed ? null : rowParameters(rows.rows());
        Draft draft = step(StepOp.QUANTIZE_ROWS, node).rows(rows.rows()).number(rows.columns());
        readRows(draft, rows).number(0).writes(out, 0).number(rows.columns());
        draft.number(fixed ? 1 : 2).real(precision.scale()).number(precision.zero());
        if (fixed) {
            draft.none().none();
        } else {
            draft.writes(scales, 0).writes(zeros, 0);
        }
        Strided.Rows copy = new Strided.Rows(out, 0, rows.rows(), rows.columns(), rows.columns());
        return new Quantized(copy, fixed ? 1 : 2, precision, scales, zeros);
    }

    private static Buffer rowParameters(long rows) {
        Buffer buffer = Buffer.floats(rows);
        buffer.rowElements = 1;
        return buffer;
    }

    /** Adds the place and the row stride of rows that a row-local step reads in its own row. */
    static Draft readRows(Draft draft, Strided.Rows rows) {
        boolean aligned = rows.buffer().rowElements == rows.stride() && rows.offset() + rows.columns() <= rows.stride();
        if (aligned) {
            draft.readsRow(rows.buffer(), rows.offset());
        } else {
            draft.reads(rows.buffer(), rows.offset());
        }
        return draft.number(rows.stride());
    }

    public static UnsupportedOperatorException unsupported(Node node, String what) {
        return new UnsupportedOperatorException(
                node.op() + " with " + what + " at " + (node.path().isEmpty() ? "the top module" : node.path()),
                "an operator of the native engine",
                "run this model with Engine.LIBTORCH");
    }
}
