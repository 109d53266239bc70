package org.quantvoice.internal.program;

import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/** Linear layers, and the beginning and the end of every product with packed weights. */
final class ProductEmitter {
    private final Emission emission;

    ProductEmitter(Emission emission) {
        this.emission = emission;
    }

    void linear(Node node) {
        List<Node> nodes = emission.fusion.siblings(node);
        Weights.Matrix weights = emission.weights.linear(nodes);
        Optional<Value> residual = emission.fusion.residual(node);
        Strided all = emission.tensor(node.input(0));
        Strided x = residual.isEmpty() ? all.withoutRepeats() : all;
        Strided.Rows rows = emission.rows(x, node);
        long[] dims = x.dims().clone();
        dims[dims.length - 1] = weights.n();
        Strided out = emission.fresh(dims);
        Strided.Rows added =
                residual.map(r -> emission.rows(emission.tensor(r), node)).orElse(null);
        Draft draft = input(rows, LayerPrecision.of(node), node);
        finish(
                draft,
                weights,
                emission.fusion.activation(node),
                added,
                out.rows().orElseThrow());
        long column = 0;
        for (Node each : nodes) {
            long width = emission.shape(each.output())[dims.length - 1];
            Strided result = out.slice(dims.length - 1, column, width, 1);
            emission.set(each.output(), result.expand(emission.shape(each.output())));
            column += width;
        }
        emission.fusion.residualSum(node).ifPresent(sum -> emission.set(sum, out));
    }

    /** Begins a product of rows as they are. */
    Draft input(Strided.Rows rows, LayerPrecision precision, Node node) {
        if (!precision.isInt8()) {
            Draft draft = emission.step(StepOp.GEMM, node).rows(rows.rows()).number(rows.columns());
            draft.number(0); // n, set by finish
            Emission.readRows(draft, rows).number(0).real(1).number(0).none().none();
            return draft;
        }
        Emission.Quantized q = emission.quantize(rows, precision, node);
        Draft draft = emission.step(StepOp.GEMM, node).rows(rows.rows()).number(rows.columns());
        draft.number(0);
        Emission.readRows(draft, q.rows());
        draft.number(q.type()).real(precision.scale()).number(precision.zero());
        if (q.scales() == null) {
            return draft.none().none();
        }
        return draft.readsRow(q.scales(), 0).readsRow(q.zeros(), 0);
    }

    /** Ends what {@link #input} began. */
    static void finish(
            Draft draft, Weights.Matrix weights, Activation activation, Strided.Rows residual, Strided.Rows out) {
        draft.fields.set(2, weights.n());
        draft.later(weights.handle()).number(weights.kind());
        draft.number(activation.code()).real(activation.alpha());
        if (residual == null) {
            draft.none().number(0);
        } else {
            Emission.readRows(draft, residual);
        }
        draft.writes(out.buffer(), out.offset()).number(out.stride());
        draft.number(0).real(1).number(0);
        draft.operations = 2 * draft.rows * weights.n() * weights.k();
        draft.unpacks = weights.unpacked();
    }
}
