package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * Graphs that are attention, or nearly: other scales, masks that are added or filled in, for all heads or for each, before
 * and behind the softmax, scores with more terms, keys that heads share, scores that are seen outside. What the planner
 * takes for its one operator and what it does not gives the same numbers.
 */
class NearlyAttentionTest {
    private static final Dim T = Dim.symbol("T");
    private static final double FINE = 3e-5;
    private static final double COARSE = 3e-3;

    /** What is done to the scores, in this order. */
    enum Turn {
        SCALE,
        DIVIDE,
        REVERSED_SCALE,
        KEY_MASK,
        HEAD_MASK,
        ROW_MASK,
        MASK_FIRST,
        CLOSED_KEYS,
        CLOSED_ROWS,
        MILD_FILL,
        CLOSED_HEADS,
        ALL_CLOSED,
        STRONG_FILL,
        POSITION_TERM,
        HEAD_BIAS,
        SUBTRACTED,
        BAND,
        CAUSAL,
        SHIFT,
        SHOWN
    }

    /**
     * A graph.
     *
     * @param turns of the scores
     * @param scaledQuery whether queries are scaled before the product
     * @param zeroed what fills closed keys behind the softmax: nothing, 0 or 1
     * @param axis of the softmax, 2 or 3
     * @param sharedKeys whether all heads look at the same keys
     * @param seen whether the probabilities are an output too
     */
    record Plan(List<Turn> turns, boolean scaledQuery, int zeroed, int axis, boolean sharedKeys, boolean seen) {

        /**
         * Returns whether keys that were filled with -1e4 become the ones that count, by a change of sign: floats of that size are 1e-3
         * apart, so that the order of sums decides about the third digit of a weight.
         */
        boolean outweighs() {
            int filled = turns.indexOf(Turn.STRONG_FILL);
            return filled >= 0 && turns.lastIndexOf(Turn.REVERSED_SCALE) > filled;
        }
    }

    @Provide
    Arbitrary<Plan> plans() {
        return Combinators.combine(
                        Arbitraries.of(Turn.class).list().ofMaxSize(4),
                        Arbitraries.of(true, false),
                        Arbitraries.of(-1, -1, 0, 1),
                        Arbitraries.of(3, 3, 3, 2),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(false, false, true))
                .as(Plan::new);
    }

    @Property(tries = 150)
    void thePlanGivesWhatTheReferenceGives(@ForAll("plans") Plan plan) {
        try (Graph graph = graph(plan)) {
            double tolerance = plan.outweighs() ? COARSE : FINE;
            PlannedGraph.compare(graph, Map.of("T", 1L), 1, tolerance);
            PlannedGraph.compare(graph, Map.of("T", 7L), 2, tolerance);
        }
    }

    private static Graph graph(Plan plan) {
        GraphBuilder builder = new GraphBuilder();
        Value q = builder.input("q", DType.FLOAT, Shape.of(Dim.of(2), Dim.of(3), T, Dim.of(4)));
        Dim keyHeads = Dim.of(plan.sharedKeys() ? 1 : 3);
        Value k = builder.input("k", DType.FLOAT, Shape.of(Dim.of(2), keyHeads, T, Dim.of(4)));
        Value v = builder.input("v", DType.FLOAT, Shape.of(Dim.of(2), keyHeads, T, Dim.of(4)));
        Value query = plan.scaledQuery() ? scalar(builder, Op.MUL, q, 0.7) : q;
        Value transposed = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 1, 3, 2}), k);
        Value scores = builder.add(Op.MATMUL, "", Attributes.NONE, query, transposed);
        List<Value> outputs = new ArrayList<>();
        for (Turn turn : plan.turns()) {
            scores = turned(builder, turn, scores, outputs);
        }
        Value weights = builder.add(Op.SOFTMAX, "", Attributes.of("axis", plan.axis()), scores);
        if (plan.zeroed() >= 0) {
            Attributes fill = Attributes.of("value", (double) plan.zeroed());
            weights = builder.add(Op.MASKED_FILL, "", fill, weights, closed(builder, 1, 1));
        }
        if (plan.seen()) {
            outputs.add(weights);
        }
        outputs.add(0, builder.add(Op.MATMUL, "", Attributes.NONE, weights, v));
        return builder.build(outputs);
    }

    private static Value turned(GraphBuilder builder, Turn turn, Value scores, List<Value> outputs) {
        return switch (turn) {
            case SCALE -> scalar(builder, Op.MUL, scores, 0.5);
            case DIVIDE -> scalar(builder, Op.DIV, scores, 1.7);
            case REVERSED_SCALE -> builder.add(Op.SUB, "", Attributes.of("scalar", 0.5, "reverse", true), scores);
            case KEY_MASK -> add(builder, scores, term(builder, 1, 1, 1));
            case HEAD_MASK -> add(builder, scores, term(builder, 1, 3, 1));
            case ROW_MASK -> add(builder, scores, term(builder, 2, 1, -1));
            case MASK_FIRST -> add(builder, term(builder, 1, 1, 1), scores);
            case CLOSED_KEYS -> fill(builder, scores, closed(builder, 1, 1), -1e9);
            case CLOSED_ROWS -> fill(builder, scores, closed(builder, 2, -1), -1e9);
            case CLOSED_HEADS -> fill(builder, scores, masks(builder, "b", DType.BOOL, 2, 3, -1), -3e38);
            case ALL_CLOSED -> fill(builder, scores, outside(builder, 1, 0), -1e9);
            case STRONG_FILL -> fill(builder, scores, closed(builder, 1, 1), -1e4);
            case MILD_FILL -> fill(builder, scores, closed(builder, 1, 1), -0.5);
            case POSITION_TERM -> add(builder, scores, term(builder, 2, 3, -1));
            case HEAD_BIAS -> add(builder, builder.input("bias", DType.FLOAT, Shape.of(Dim.of(3), T, T)), scores);
            case SUBTRACTED -> builder.add(Op.SUB, "", Attributes.NONE, scores, term(builder, 1, 3, -1));
            case BAND -> fill(builder, scores, outside(builder, -1, 1), -1e9);
            case CAUSAL -> fill(builder, scores, outside(builder, -20, 0), -1e9);
            case SHIFT -> shift(builder, scores);
            case SHOWN -> {
                outputs.add(scores);
                yield scores;
            }
        };
    }

    private static Value scalar(GraphBuilder builder, Op op, Value x, double scalar) {
        return builder.add(op, "", Attributes.of("scalar", scalar), x);
    }

    private static Value add(GraphBuilder builder, Value a, Value b) {
        return builder.add(Op.ADD, "", Attributes.NONE, a, b);
    }

    private static Value fill(GraphBuilder builder, Value scores, Value mask, double value) {
        return builder.add(Op.MASKED_FILL, "", Attributes.of("value", value), scores, mask);
    }

    /** A float input that broadcasts to the scores; -1 rows: one for each query. */
    private static Value term(GraphBuilder builder, int batch, int heads, int rows) {
        return masks(builder, "f", DType.FLOAT, batch, heads, rows);
    }

    private static Value closed(GraphBuilder builder, int batch, int rows) {
        return masks(builder, "b", DType.BOOL, batch, 1, rows);
    }

    /** True for keys that stand less than {@code from} behind a row's own place, or more than {@code to}. */
    private static Value outside(GraphBuilder builder, int from, int to) {
        Attributes count = Attributes.of("start", 0, "end", T, "step", 1, "type", "int");
        Value keys = builder.add(Op.ARANGE, "", count);
        Value rows = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(T, Dim.ONE)), keys);
        Value distance = builder.add(Op.SUB, "", Attributes.NONE, keys, rows);
        Value before = builder.add(Op.LT, "", Attributes.of("scalar", Dim.of(from)), distance);
        Value behind = builder.add(Op.GT, "", Attributes.of("scalar", Dim.of(to)), distance);
        return builder.add(Op.OR, "", Attributes.NONE, before, behind);
    }

    private static Value masks(GraphBuilder builder, String name, DType type, int batch, int heads, int rows) {
        Shape shape = Shape.of(Dim.of(batch), Dim.of(heads), rows < 0 ? T : Dim.of(rows), T);
        return builder.input(name + batch + heads + rows, type, shape);
    }

    /** The relative shift of Transformer-XL: a column of zeros, and the rows read one later. */
    private static Value shift(GraphBuilder builder, Value scores) {
        List<Dim> pads = List.of(Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ONE, Dim.ZERO);
        Attributes pad = Attributes.of("pads", pads, "mode", "constant", "value", 0.0);
        Value padded = builder.add(Op.PAD, "", pad, scores);
        List<Dim> columns = List.of(Dim.of(2), Dim.of(3), T.plus(1), T);
        Value turned = builder.add(Op.RESHAPE, "", Attributes.of("shape", columns), padded);
        return builder.add(Op.SLICE, "", Attributes.of("axis", 2, "start", 1, "end", T.plus(1), "step", 1), turned);
    }
}
