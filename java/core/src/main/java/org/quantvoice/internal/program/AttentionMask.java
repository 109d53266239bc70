package org.quantvoice.internal.program;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Node;

/**
 * Builds the mask that the attention step adds to its scores: the sum of a match's terms, with closed keys filled.
 */
final class AttentionMask {
    private final Emission emission;
    private final ElementwiseEmitter elementwise;

    AttentionMask(Emission emission, ElementwiseEmitter elementwise) {
        this.emission = emission;
        this.elementwise = elementwise;
    }

    /**
     * Writes the steps that compute the mask.
     *
     * @param scores sizes of the scores, {@code [.., rows, keys]}
     * @return the mask, {@code [.., rows or 1, keys]} with contiguous keys and all leading axes of the scores, or
     *     empty if nothing is added
     */
    Optional<Strided> of(Node node, AttentionMatch match, long... scores) {
        Strided sum = sum(node, match.terms());
        if (match.closed() != null) {
            sum = filled(node, match.closed(), sum);
        }
        return Optional.ofNullable(sum).map(mask -> laidOut(node, mask, scores));
    }

    private @Nullable Strided sum(Node node, List<AttentionMatch.Term> terms) {
        Strided sum = null;
        for (AttentionMatch.Term term : terms) {
            Strided value = emission.tensor(term.value());
            if (sum != null) {
                sum = elementwise.combine(node, StepOp.Binary.ADD, sum, value, term.factor());
            } else if (term.factor() == 1) {
                sum = value;
            } else {
                Strided factor = elementwise.scalar(term.factor(), value);
                sum = elementwise.combine(node, StepOp.Binary.MUL, value, factor, 1);
            }
        }
        return sum;
    }

    /** Returns the very low number at closed keys, and elsewhere the sum of the terms. */
    private Strided filled(Node node, AttentionMatch.Closed closed, @Nullable Strided sum) {
        Strided keys = emission.tensor(closed.keys());
        Strided open = sum == null ? elementwise.scalar(0, keys) : sum;
        Strided low = elementwise.scalar(closed.closing(), keys);
        return closed.where() ? elementwise.select(node, keys, low, open) : elementwise.select(node, keys, open, low);
    }

    private Strided laidOut(Node node, Strided mask, long[] scores) {
        int rank = mask.rank();
        long keys = scores[scores.length - 1];
        long rows = rank < 2 ? 1 : mask.dims()[rank - 2];
        long[] own = rank < 2 ? new long[] {1, 1} : mask.dims().clone();
        own[own.length - 1] = keys;
        Strided wide = mask.expand(own);
        boolean contiguous = keys == 1 || wide.strides()[wide.rank() - 1] == 1;
        long[] all = scores.clone();
        all[all.length - 2] = rows;
        return (contiguous ? wide : emission.copy(wide, node)).expand(all);
    }
}
