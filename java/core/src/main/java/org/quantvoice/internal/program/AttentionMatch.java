package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * Scaled dot-product attention found in a graph: {@code matmul(softmax(matmul(q, k') * scale + mask), v)}, with closed keys
 * filled with a very low number before the softmax and, if the model does, with 0 behind it, or the operator itself.
 *
 * @param query {@code [.., rows, d]}
 * @param key {@code [.., d, keys]} if {@code keyTransposed}, else {@code [.., keys, d]}
 * @param value {@code [.., keys, d]}
 * @param scale of the scores
 * @param mask one additive value a key, or null
 * @param closed which keys no query, or not this one, may see, {@code [sequences or 1, 1, rows or 1, keys]}, or null
 * @param closing what the scores of closed keys are filled with
 * @param inner nodes that the match does the work of
 * @param scalings nodes whose factor went into {@code scale}
 */
public record AttentionMatch(
        Value query,
        Value key,
        boolean keyTransposed,
        Value value,
        double scale,
        @Nullable Value mask,
        @Nullable Value closed,
        double closing,
        List<Node> inner,
        List<Node> scalings) {
    /** A fill this low, or lower, is the same as adding it: nothing is left of such a key. */
    private static final double CLOSING = -1e6;

    static Optional<AttentionMatch> find(Node node, Fusion fusion) {
        if (node.op() == Op.ATTENTION) {
            boolean plain = node.inputs().size() == 3 && !node.attributes().flag("causal");
            return plain
                    ? Optional.of(new AttentionMatch(
                            node.input(0),
                            node.input(1),
                            false,
                            node.input(2),
                            node.attributes().number("scale"),
                            null,
                            null,
                            0,
                            List.of(),
                            List.of()))
                    : Optional.empty();
        }
        return node.op() == Op.MATMUL ? new Finder(fusion).find(node) : Optional.empty();
    }

    /** Walks up from the second product. */
    private static final class Finder {
        private final Fusion fusion;
        private final List<Node> inner = new ArrayList<>();
        private final List<Node> scalings = new ArrayList<>();
        private double scale = 1;
        private @Nullable Value mask;
        private @Nullable Value closed;
        private double closing;

        Finder(Fusion fusion) {
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
            Value scores = unfilled(softmax.input(0));
            if (zeroed != null && !repeats(zeroed)) {
                return Optional.empty();
            }
            if (closed == null) { // the operator adds one mask, so what closes keys leaves no place for another
                scores = unmasked(scores);
            }
            scores = unscaled(scores);
            Node first = single(scores, Op.MATMUL);
            if (first == null
                    || !last.input(1).shape().equals(transposed(first))
                    || !sameHeads(first.input(0).shape(), first.input(1).shape())) {
                return Optional.empty();
            }
            inner.add(first);
            absorbScaling(first.input(0));
            absorbScaling(first.input(1));
            return Optional.of(new AttentionMatch(
                    first.input(0),
                    first.input(1),
                    true,
                    last.input(1),
                    scale,
                    mask,
                    closed,
                    closing,
                    inner,
                    scalings));
        }

        /** The shape that values have if they have as many columns as queries. */
        private static Shape transposed(Node first) {
            Shape key = first.input(1).shape();
            int rank = key.rank();
            return rank < 2 ? key : key.with(-1, key.dim(-2)).with(-2, key.dim(-1));
        }

        /** Whether queries and keys have as many matrices: a product whose heads share keys is spelled out. */
        private static boolean sameHeads(Shape query, Shape key) {
            int leading = query.rank() - 2;
            return query.rank() == key.rank()
                    && query.dims().subList(0, leading).equals(key.dims().subList(0, leading));
        }

        private @Nullable Node single(Value value, Op op) {
            Node producer = fusion.producer(value).orElse(null);
            return producer != null
                            && producer.op() == op
                            && fusion.onlyUser(value).isPresent()
                    ? producer
                    : null;
        }

        private Value unfilled(Value scores) {
            Node fill = single(scores, Op.MASKED_FILL);
            if (fill == null
                    || fill.attributes().isInteger("value")
                    || fill.attributes().number("value") > CLOSING
                    || !closesKeys(fill.input(1).shape(), scores.shape())) {
                return scores;
            }
            closed = fill.input(1);
            closing = fill.attributes().number("value");
            inner.add(fill);
            return fill.input(0);
        }

        private static boolean closesKeys(Shape mask, Shape scores) {
            return scores.rank() == 4
                    && mask.rank() == 4
                    && mask.dim(1).equals(Dim.ONE)
                    && mask.dim(3).equals(scores.dim(3))
                    && (mask.dim(2).equals(scores.dim(2)) || mask.dim(2).equals(Dim.ONE))
                    && (mask.dim(0).equals(scores.dim(0)) || mask.dim(0).equals(Dim.ONE));
        }

        /** Whether a fill behind the softmax only closes what is closed already. */
        private boolean repeats(Node zeroed) {
            if (closed == null
                    || zeroed.input(1).id() != closed.id()
                    || zeroed.attributes().number("value", Map.of()) != 0) {
                return false;
            }
            inner.add(zeroed);
            return true;
        }

        private Value unmasked(Value scores) {
            Node add = single(scores, Op.ADD);
            if (add == null || add.inputs().size() != 2) {
                return scores;
            }
            Value other = add.input(1);
            boolean perKey = other.shape().rank() >= 1
                    && other.shape().size().equals(other.shape().dim(-1))
                    && other.shape().dim(-1).equals(scores.shape().dim(-1));
            if (!perKey) {
                return scores;
            }
            mask = other;
            inner.add(add);
            return add.input(0);
        }

        private Value unscaled(Value scores) {
            Node node = fusion.producer(scores).orElse(null);
            if (node == null || factor(node) == null || fusion.onlyUser(scores).isEmpty()) {
                return scores;
            }
            scale *= factor(node);
            inner.add(node);
            return node.input(0);
        }

        private void absorbScaling(Value operand) {
            Value at = operand;
            while (fusion.onlyUser(at).isPresent()) {
                Node node = fusion.producer(at).orElse(null);
                if (node != null && factor(node) != null) {
                    scale *= factor(node);
                    scalings.add(node);
                } else if (node == null || !Fusion.isView(node)) {
                    return;
                }
                at = node.input(0);
            }
        }
    }

    /** The number that a node multiplies its input by; null if it does something else. */
    static @Nullable Double factor(Node node) {
        boolean scalar = node.inputs().size() == 1
                && node.attributes().has("scalar")
                && !node.attributes().isInteger("scalar")
                && !node.attributes().flag("reverse");
        if (!scalar) {
            return null;
        }
        return switch (node.op()) {
            case MUL -> node.attributes().number("scalar");
            case DIV -> 1 / node.attributes().number("scalar");
            default -> null;
        };
    }
}
