package org.quantvoice.internal.program;

import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** Writes steps that work on whole rows: norms and softmax. */
public final class NormEmitter {
    private final Emission emission;

    NormEmitter(Emission emission) {
        this.emission = emission;
    }

    void emit(Node node, ElementwiseEmitter elementwise) {
        switch (node.op()) {
            case LAYER_NORM -> layerNorm(node, elementwise);
            case GROUP_NORM -> groupNorm(node, elementwise);
            case BATCH_NORM -> batchNorm(node, elementwise);
            default -> throw Emission.unsupported(node, "these inputs");
        }
    }

    private void layerNorm(Node node, ElementwiseEmitter elementwise) {
        Strided x = emission.tensor(node.input(0));
        int axes = node.attributes().integer("axes");
        long[] dims = x.dims();
        long n = 1;
        for (int i = dims.length - axes; i < dims.length; i++) {
            n *= dims[i];
        }
        long rowCount = n == 0 ? 0 : x.size() / n;
        Strided flat = x.reshape(rowCount, n).orElseGet(() -> emission.copy(x, node)
                .reshape(rowCount, dims.length == 0 ? 1 : x.size() / rowCount)
                .orElseThrow());
        Strided out = emission.fresh(rowCount, n);
        boolean packed = emission.fusion.hasConstantWeights(node);
        long gamma = packed ? weight(node, 1) : 0;
        long beta = packed ? weight(node, 2) : 0;
        norm(node, emission.rows(flat, node), out.rows().orElseThrow(), gamma, beta);
        Strided result = out.reshape(dims).orElseThrow();
        for (int i = 1; !packed && i < node.inputs().size(); i++) {
            StepOp.Binary code = i == 1 ? StepOp.Binary.MUL : StepOp.Binary.ADD;
            result = elementwise.combine(node, code, result, emission.tensor(node.input(i)), 1);
        }
        emission.set(node.output(), result);
    }

    private long weight(Node node, int index) {
        return node.inputs().size() > index ? emission.weights.floats(node.input(index)) : 0;
    }

    private void norm(Node node, Strided.Rows x, Strided.Rows out, long gamma, long beta) {
        Draft draft = emission.step(StepOp.NORM_ROWS, node).rows(x.rows()).number("n", x.columns());
        Emission.readRows(draft, "in", x).number("gamma", gamma).number("beta", beta);
        draft.real("eps", node.attributes().number("eps"));
        draft.number("act", emission.fusion.activation(node).code());
        draft.writesRows("out", out).floats("out").none("out_scales", "out_zeros");
    }

    /**
     * Normalizes groups of {@code [batch, channels, ..]}: each group is a row; each channel has one weight and one
     * bias.
     */
    private void groupNorm(Node node, ElementwiseEmitter elementwise) {
        Strided x = emission.tensor(node.input(0));
        long rows = x.dims()[0] * node.attributes().integer("groups");
        Strided dense = x.isDense() && x.reshape(rows, x.size() / rows).isPresent() ? x : emission.copy(x, node);
        Strided flat = dense.reshape(rows, x.size() / rows).orElseThrow();
        Strided out = emission.fresh(rows, x.size() / rows);
        norm(node, flat.rows().orElseThrow(), out.rows().orElseThrow(), 0, 0);
        Strided result = out.reshape(x.dims()).orElseThrow();
        if (node.inputs().size() > 1) {
            result = elementwise.combine(node, StepOp.Binary.MUL, result, perChannel(node.input(1), x), 1);
        }
        if (node.inputs().size() > 2) {
            result = elementwise.combine(node, StepOp.Binary.ADD, result, perChannel(node.input(2), x), 1);
        }
        emission.set(node.output(), result);
    }

    private Strided perChannel(Value value, Strided x) {
        Strided constant = emission.tensor(value);
        long[] dims = new long[x.rank()];
        java.util.Arrays.fill(dims, 1);
        dims[1] = x.dims()[1];
        return constant.reshape(dims).orElseThrow();
    }

    /** Writes a batch norm with stored statistics as one factor and one summand for each channel. */
    private void batchNorm(Node node, ElementwiseEmitter elementwise) {
        Strided x = emission.tensor(node.input(0));
        if (!emission.fusion.hasConstantWeights(node)) {
            throw Emission.unsupported(node, "statistics that are computed");
        }
        float[] mean = emission.weights.values(node.input(1));
        float[] variance = emission.weights.values(node.input(2));
        float[] weight = node.inputs().size() > 3 ? emission.weights.values(node.input(3)) : null;
        float[] bias = node.inputs().size() > 4 ? emission.weights.values(node.input(4)) : null;
        double eps = node.attributes().number("eps");
        float[] factor = new float[mean.length];
        float[] summand = new float[mean.length];
        for (int c = 0; c < mean.length; c++) {
            double f = (weight == null ? 1 : weight[c]) / Math.sqrt(variance[c] + eps);
            factor[c] = (float) f;
            summand[c] = (float) ((bias == null ? 0 : bias[c]) - mean[c] * f);
        }
        long[] dims = new long[x.rank()];
        java.util.Arrays.fill(dims, 1);
        dims[1] = mean.length;
        Strided scaled =
                elementwise.combine(node, StepOp.Binary.MUL, x, Strided.dense(Buffer.constant(factor), dims), 1);
        emission.set(
                node.output(),
                elementwise.combine(node, StepOp.Binary.ADD, scaled, Strided.dense(Buffer.constant(summand), dims), 1));
    }

    void softmax(Node node) {
        Strided x = emission.tensor(node.input(0));
        boolean log = node.op() == Op.LOG_SOFTMAX;
        emission.set(node.output(), softmax(node, x, node.attributes().integer("axis"), log));
    }

    /** Returns the softmax of any tensor over one axis. */
    Strided softmax(Node node, Strided x, int axis, boolean log) {
        int last = x.rank() - 1;
        Strided source = axis == last ? x : swapped(x, axis);
        Strided out = emission.fresh(source.dims());
        Strided.Rows in = emission.rows(source, node);
        Strided.Rows to = out.rows().orElseThrow();
        Draft draft = emission.step(StepOp.SOFTMAX_ROWS, node).rows(in.rows()).number("n", in.columns());
        Emission.readRows(draft, "in", in).number("log", log ? 1 : 0).writesRows("out", to);
        return axis == last ? out : swapped(out, axis);
    }

    static Strided swapped(Strided x, int axis) {
        int[] order = new int[x.rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        order[axis] = x.rank() - 1;
        order[x.rank() - 1] = axis;
        return x.transpose(order);
    }
}
