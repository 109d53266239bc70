package org.quantvoice.internal.program;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * Scaled dot-product attention found in a graph: {@code matmul(softmax(matmul(q, k') * scale + terms), v)}, with
 * closed keys filled with a very low number before the softmax and, if the model does, with 0 behind it, or the
 * operator itself.
 *
 * @param query {@code [.., rows, d]}
 * @param key {@code [.., d, keys]} if {@code keyTransposed}, else {@code [.., keys, d]}
 * @param value {@code [.., keys, d]}
 * @param scale factor of the scores
 * @param terms tensors added to the scores after scaling
 * @param closed the closed keys; null if all are open
 * @param causal whether row i sees keys 0 to i only
 * @param inner nodes whose work the match does
 * @param scalings nodes whose factor went into {@code scale}
 */
public record AttentionMatch(
        Value query,
        Value key,
        boolean keyTransposed,
        Value value,
        double scale,
        List<Term> terms,
        @Nullable Closed closed,
        boolean causal,
        List<Node> inner,
        List<Node> scalings) {

    /**
     * A tensor {@code factor * value} added to the scores: a mask, or a bias of relative positions.
     *
     * @param value broadcasts to {@code [.., rows, keys]}
     */
    public record Term(Value value, double factor) {}

    /**
     * Keys that no query may see, or that some queries may not see.
     *
     * @param keys bools that broadcast to {@code [.., rows, keys]}
     * @param closing number that the scores of closed keys are filled with
     * @param where the value of {@code keys} that marks a closed key
     */
    public record Closed(Value keys, double closing, boolean where) {}

    static Optional<AttentionMatch> find(Node node, Fusion fusion) {
        if (node.op() == Op.ATTENTION) {
            return Optional.of(ofOperator(node));
        }
        return node.op() == Op.MATMUL ? new AttentionFinder(fusion).find(node) : Optional.empty();
    }

    private static AttentionMatch ofOperator(Node node) {
        Value mask = node.inputs().size() > 3 ? node.input(3) : null;
        List<Term> added = mask == null || mask.type() == DType.BOOL ? List.of() : List.of(new Term(mask, 1));
        Closed closed =
                mask == null || mask.type() != DType.BOOL ? null : new Closed(mask, Double.NEGATIVE_INFINITY, false);
        return new AttentionMatch(
                node.input(0),
                node.input(1),
                false,
                node.input(2),
                node.attributes().number("scale"),
                added,
                closed,
                node.attributes().flag("causal"),
                List.of(),
                List.of());
    }

    /** Returns the constant by which a node multiplies its input; null if it does something else. */
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
