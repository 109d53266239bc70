package org.quantvoice.internal.program;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;

/** Writes linear layers, and the first and last fields of every product with packed weights. */
final class ProductEmitter {
    /** Rows that a step adds to its results, which are multiplied by the factor before. */
    record Addend(Strided.Rows rows, double factor) {}

    private final Emission emission;

    ProductEmitter(Emission emission) {
        this.emission = emission;
    }

    void linear(Node node) {
        List<Node> nodes = emission.fusion.siblings(node);
        Weights.Matrix weights = emission.weights.linear(nodes);
        Optional<Fusion.Residual> residual = emission.fusion.residual(node);
        Strided all = emission.tensor(node.input(0));
        Strided x = residual.isEmpty() ? all.withoutRepeats() : all;
        Strided.Rows rows = emission.rows(x, node);
        long[] dims = x.dims().clone();
        dims[dims.length - 1] = weights.n();
        Strided out = emission.fresh(dims);
        Addend addend = residual.map(r -> new Addend(emission.rows(emission.tensor(r.added()), node), r.factor()))
                .orElse(null);
        Draft draft = input(rows, LayerPrecision.of(node), node);
        finish(
                draft,
                weights,
                emission.fusion.activation(node),
                addend,
                out.rows().orElseThrow());
        long column = 0;
        for (Node each : nodes) {
            long width = emission.shape(each.output())[dims.length - 1];
            Strided result = out.slice(dims.length - 1, column, width, 1);
            emission.set(each.output(), result.expand(emission.shape(each.output())));
            column += width;
        }
        residual.ifPresent(r -> emission.set(r.sum(), out));
    }

    /** Begins the step of a product whose left side is the given rows. */
    Draft input(Strided.Rows rows, LayerPrecision precision, Node node) {
        if (!precision.isInt8()) {
            Draft draft = emission.step(StepOp.GEMM, node).rows(rows.rows()).number("k", rows.columns());
            return Emission.readRows(draft, "a", rows).floats("a").none("a_scales", "a_zeros");
        }
        Emission.Quantized q = emission.quantize(rows, precision, node);
        Draft draft = emission.step(StepOp.GEMM, node).rows(rows.rows()).number("k", rows.columns());
        Emission.readRows(draft, "a", q.rows()).number("a_type", q.type());
        draft.real("a_scale", precision.scale()).number("a_zero", precision.zero());
        Buffer scales = q.scales();
        Buffer zeros = q.zeros();
        if (scales == null || zeros == null) {
            return draft.none("a_scales", "a_zeros");
        }
        return draft.readsRow("a_scales", scales, 0).readsRow("a_zeros", zeros, 0);
    }

    /** Completes the step that {@link #input} began. */
    static void finish(
            Draft draft, Weights.Matrix weights, Activation activation, @Nullable Addend addend, Strided.Rows out) {
        draft.number("n", weights.n());
        draft.later("weights", weights.handle()).number("weights_kind", weights.kind());
        draft.number("act", activation.code()).real("act_alpha", activation.alpha());
        if (addend == null) {
            draft.real("mul", 1).none("residual").number("residual_ld", 0);
        } else {
            draft.real("mul", addend.factor());
            Emission.readRows(draft, "residual", addend.rows());
        }
        draft.writesRows("out", out).floats("out");
        draft.operations = 2 * draft.rows * weights.n() * weights.k();
        draft.unpacks = weights.unpacked();
    }
}
