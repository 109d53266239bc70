package org.quantvoice.internal.program;

import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Node;

/**
 * Writes attention as separate steps: a product, a scale, a mask, a softmax, a product. It takes every mask, also one
 * for each head, causality, heads that share keys, and values of another width than keys.
 */
final class SpelledAttention {
    private final Emission emission;
    private final TensorProducts products;
    private final ElementwiseEmitter elementwise;
    private final NormEmitter norms;

    SpelledAttention(Emission emission, TensorProducts products, ElementwiseEmitter elementwise, NormEmitter norms) {
        this.emission = emission;
        this.products = products;
        this.elementwise = elementwise;
        this.norms = norms;
    }

    /** Writes the steps of an attention node, whatever its optional inputs and attributes. */
    void emit(Node node) {
        Strided mask = node.inputs().size() > 3 ? emission.tensor(node.input(3)) : null;
        boolean bool = mask != null && node.input(3).type() == DType.BOOL;
        Strided q = emission.tensor(node.input(0));
        Strided k = emission.tensor(node.input(1));
        Strided scores = products.matmul(node, q, NormEmitter.swapped(k, k.rank() - 2));
        scores = elementwise.apply(node, scores, node.attributes().number("scale"), 0, Activation.NONE);
        scores = masked(node, scores, mask, bool);
        if (node.attributes().flag("causal")) {
            scores = elementwise.select(node, lower(scores), scores, closed(scores));
        }
        Strided weights = norms.softmax(node, scores, scores.rank() - 1, false);
        emission.set(node.output(), products.matmul(node, weights, emission.tensor(node.input(2))));
    }

    private Strided masked(Node node, Strided scores, @Nullable Strided mask, boolean bool) {
        if (mask == null) {
            return scores;
        }
        return bool
                ? elementwise.select(node, mask, scores, closed(scores))
                : elementwise.combine(node, StepOp.Binary.ADD, scores, mask, 1);
    }

    private Strided closed(Strided like) {
        return elementwise.scalar(Double.NEGATIVE_INFINITY, like);
    }

    /** Returns a matrix with 1 where a row may see a key: the rows before it and itself. */
    private static Strided lower(Strided scores) {
        long rows = scores.dims()[scores.rank() - 2];
        long keys = scores.dims()[scores.rank() - 1];
        return ComposedFunctions.band(rows, keys, (row, key) -> key <= row);
    }
}
