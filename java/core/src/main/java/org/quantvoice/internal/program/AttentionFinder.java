package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * Finds attention that a graph spells out: walks up from the product with the values to the product of queries and
 * keys.
 */
final class AttentionFinder {
    /**
     * Filling scores with this number or a lower one closes a key just as adding the number does: the softmax leaves
     * nothing of it.
     */
    private static final double CLOSING = -1e6;

    /** The limit that replaces {@link #CLOSING} where closed keys are filled with 0 once more behind the softmax. */
    private static final double CLOSING_ZEROED = -1e4;

    private final Fusion fusion;
    private final List<Node> inner = new ArrayList<>();
    private final List<Node> scalings = new ArrayList<>();
    private final List<AttentionMatch.Term> terms = new ArrayList<>();
    private double scale = 1;
    private AttentionMatch.@Nullable Closed closed;

    AttentionFinder(Fusion fusion) {
        this.fusion = fusion;
    }

    Optional<AttentionMatch> find(Node last) {
        Node zeroed = single(last.input(0), Op.MASKED_FILL);
        Node softmax = single(zeroed == null ? last.input(0) : zeroed.input(0), Op.SOFTMAX);
        if (softmax == null
                || softmax.attributes().integer("axis")
                        != softmax.output().shape().rank() - 1) {
            return Optional.empty();
        }
        inner.add(softmax);
        Value scores = unfilled(softmax.input(0), zeroed);
        if (zeroed != null && closed == null) {
            return Optional.empty();
        }
        Node first = product(scores, 1, last);
        if (first == null) {
            return Optional.empty();
        }
        inner.add(first);
        // A streaming chunk has one product for content and position, so one scale must suit both.
        if (terms.stream().allMatch(term -> isPerKey(term.value().shape()))) {
            absorbScaling(first.input(0));
            absorbScaling(first.input(1));
        }
        return Optional.of(new AttentionMatch(
                first.input(0),
                first.input(1),
                true,
                last.input(1),
                scale,
                List.copyOf(terms),
                closed,
                false,
                inner,
                scalings));
    }

    /**
     * Returns the product of queries and keys that ends in these scores through scales and sums; null if there is
     * none.
     */
    private @Nullable Node product(Value scores, double factor, Node last) {
        Node node = fusion.producer(scores).orElse(null);
        if (node == null || fusion.onlyUser(scores).isEmpty()) {
            return null;
        }
        if (node.op() == Op.MATMUL) {
            scale = factor;
            return fits(node, last) ? node : null;
        }
        Double scaling = AttentionMatch.factor(node);
        if (scaling != null) {
            return through(node, product(node.input(0), factor * scaling, last));
        }
        boolean sum = node.inputs().size() == 2 && (node.op() == Op.ADD || node.op() == Op.SUB);
        if (!sum) {
            return null;
        }
        Node found = addend(node, 0, factor, last);
        return found != null || node.op() == Op.SUB ? found : addend(node, 1, factor, last);
    }

    /** Returns the product behind one operand of a sum; the sum's other operand becomes a term. */
    private @Nullable Node addend(Node sum, int index, double factor, Node last) {
        Value scores = sum.input(index);
        Value other = sum.input(1 - index);
        if (other.type() != DType.FLOAT
                || !scores.shape().equals(sum.output().shape())
                || !broadcasts(other.shape(), scores.shape())) {
            return null;
        }
        Node found = product(scores, factor, last);
        if (found != null) {
            terms.add(new AttentionMatch.Term(other, sum.op() == Op.SUB ? -factor : factor));
        }
        return through(sum, found);
    }

    private @Nullable Node through(Node node, @Nullable Node found) {
        if (found != null) {
            inner.add(node);
        }
        return found;
    }

    private static boolean fits(Node first, Node last) {
        return last.input(1).shape().equals(transposed(first))
                && sameHeads(first.input(0).shape(), first.input(1).shape());
    }

    /** Returns the shape that the values have if they have as many columns as the queries. */
    private static Shape transposed(Node first) {
        Shape key = first.input(1).shape();
        int rank = key.rank();
        return rank < 2 ? key : key.with(-1, key.dim(-2)).with(-2, key.dim(-1));
    }

    /**
     * Returns whether queries and keys have the same number of matrices: a product whose heads share keys is spelled
     * out.
     */
    private static boolean sameHeads(Shape query, Shape key) {
        int leading = query.rank() - 2;
        return query.rank() == key.rank()
                && query.dims().subList(0, leading).equals(key.dims().subList(0, leading));
    }

    private @Nullable Node single(Value value, Op op) {
        Node producer = fusion.producer(value).orElse(null);
        return producer != null && producer.op() == op && fusion.onlyUser(value).isPresent() ? producer : null;
    }

    /** Returns the scores before they were filled; returns the given scores if the fill does more than close keys. */
    private Value unfilled(Value scores, @Nullable Node zeroed) {
        Node fill = single(scores, Op.MASKED_FILL);
        if (fill == null
                || fill.attributes().isInteger("value")
                || fill.attributes().number("value") > (zeroed == null ? CLOSING : CLOSING_ZEROED)
                || zeroed != null && !repeats(fill, zeroed)
                || !fill.input(0).shape().equals(scores.shape())
                || !broadcasts(fill.input(1).shape(), scores.shape())) {
            return scores;
        }
        double closing = zeroed == null ? fill.attributes().number("value") : Double.NEGATIVE_INFINITY;
        closed = new AttentionMatch.Closed(fill.input(1), closing, true);
        inner.add(fill);
        if (zeroed != null) {
            inner.add(zeroed);
        }
        return fill.input(0);
    }

    /**
     * Returns whether a fill behind the softmax only closes keys that are closed already, so that a row without keys
     * becomes 0.
     */
    private static boolean repeats(Node fill, Node zeroed) {
        return zeroed.input(1).id() == fill.input(1).id() && zeroed.attributes().number("value", Map.of()) == 0;
    }

    private static boolean broadcasts(Shape from, Shape to) {
        for (int i = 1; i <= from.rank(); i++) {
            if (i > to.rank() || !from.dim(-i).equals(Dim.ONE) && !from.dim(-i).equals(to.dim(-i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPerKey(Shape term) {
        return term.rank() == 0 || term.size().equals(term.dim(-1));
    }

    private void absorbScaling(Value operand) {
        Value at = operand;
        while (fusion.onlyUser(at).isPresent()) {
            Node node = fusion.producer(at).orElse(null);
            if (node == null) {
                return;
            }
            Double factor = AttentionMatch.factor(node);
            if (factor != null) {
                scale *= factor;
                scalings.add(node);
            } else if (!Fusion.isView(node)) {
                return;
            }
            at = node.input(0);
        }
    }
}
