package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.PackedWeights;

/**
 * Attention with relative positions, as it is and nearly: other columns, other sums and factors before the product, scores that more
 * than attention reads. Whether attention computes the scores itself or not, the numbers are the same.
 */
class PositionScoresTest {
    private static final Dim T = Dim.symbol("T");
    private static final Dim COUNT = T.times(2).plus(-1);
    private static final int HEADS = 3;
    private static final int DEPTH = 4;

    /** What is added to the queries of positions. */
    enum Added {
        NOTHING,
        HEADS,
        HEADS_FIRST,
        ALL_HEADS,
        ROWS,
        KEYS
    }

    /** What else happens to the scores. */
    enum Scores {
        PLAIN,
        SHOWN,
        MASKED,
        DOUBLED
    }

    /**
     * A graph.
     *
     * @param batch sequences
     * @param added to the queries before the product with positions
     * @param twice whether that sum is an output too
     * @param scale factor of the queries; 1 for none
     * @param column first column of the shifted scores that attention reads, 0 in models
     * @param positions how many positions there are beside the usual ones
     */
    record Plan(int batch, Added added, boolean twice, double scale, int column, int positions, Scores scores) {}

    @Provide
    Arbitrary<Plan> plans() {
        return Combinators.combine(
                        Arbitraries.of(1, 1, 1, 2),
                        Arbitraries.of(Added.class),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(1.0, 0.5, -1.5),
                        Arbitraries.of(0, 0, 1),
                        Arbitraries.of(0, 0, 1, 2),
                        Arbitraries.of(Scores.class))
                .as(Plan::new);
    }

    @Property(tries = 120)
    void thePlanGivesWhatTheReferenceGives(@ForAll("plans") Plan plan) {
        try (Graph graph = graph(plan)) {
            for (long frames : new long[] {2, 7, 33}) {
                PlannedGraph.compare(graph, Map.of("T", frames), frames);
            }
        }
    }

    @Test
    void attentionComputesTheScoresOfModels() {
        for (Added added : new Added[] {Added.NOTHING, Added.HEADS, Added.HEADS_FIRST, Added.ALL_HEADS}) {
            for (double scale : new double[] {1, 0.5}) {
                Plan plan = new Plan(1, added, false, scale, 0, 0, Scores.PLAIN);
                List<StepOp> steps = steps(plan);
                assertThat(steps).as("%s", plan).contains(StepOp.PACK, StepOp.ATTENTION);
                assertThat(steps).as("%s", plan).doesNotContain(StepOp.MATMUL, StepOp.UNARY);
                boolean folded = added != Added.HEADS_FIRST;
                assertThat(steps.contains(StepOp.BINARY)).as("%s", plan).isEqualTo(!folded);
            }
        }
    }

    @Test
    void scoresThatOthersReadStayAProduct() {
        for (Scores scores : new Scores[] {Scores.SHOWN, Scores.MASKED, Scores.DOUBLED}) {
            Plan plan = new Plan(1, Added.HEADS, false, 0.5, 0, 0, scores);
            assertThat(steps(plan)).as("%s", plan).contains(StepOp.MATMUL).doesNotContain(StepOp.PACK);
        }
    }

    private static List<StepOp> steps(Plan plan) {
        try (Graph graph = graph(plan);
                PackedWeights weights = new PackedWeights(graph, 1)) {
            List<long[]> shapes = graph.inputs().stream()
                    .map(v -> v.shape().evaluate(Map.of("T", 9L)))
                    .toList();
            return new ProgramBuilder(graph, weights)
                    .build(shapes, Map.of(), Set.of()).steps().stream()
                            .map(Program.Step::op)
                            .toList();
        }
    }

    private static Graph graph(Plan plan) {
        GraphBuilder builder = new GraphBuilder();
        Dim batch = Dim.of(plan.batch());
        Shape heads = Shape.of(batch, Dim.of(HEADS), T, Dim.of(DEPTH));
        Value q = builder.input("q", DType.FLOAT, heads);
        Value k = builder.input("k", DType.FLOAT, heads);
        Value v = builder.input("v", DType.FLOAT, heads);
        List<Value> outputs = new ArrayList<>();
        Value query = added(builder, plan, q);
        if (plan.twice()) {
            outputs.add(query);
        }
        query = plan.scale() == 1 ? query : builder.add(Op.MUL, "", Attributes.of("scalar", plan.scale()), query);
        Value scores = shifted(builder, plan, query);
        scores = builder.add(
                Op.SLICE,
                "",
                Attributes.of("axis", 3, "start", plan.column(), "end", T.plus(plan.column()), "step", 1),
                scores);
        scores = read(builder, plan, scores, outputs);
        Value turned = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 1, 3, 2}), k);
        Value content = builder.add(Op.MATMUL, "", Attributes.NONE, q, turned);
        Value all = builder.add(Op.ADD, "", Attributes.NONE, content, scores);
        Value weights = builder.add(Op.SOFTMAX, "", Attributes.of("axis", 3), all);
        outputs.add(0, builder.add(Op.MATMUL, "", Attributes.NONE, weights, v));
        return builder.build(outputs);
    }

    private static Value added(GraphBuilder builder, Plan plan, Value q) {
        Dim heads = Dim.of(HEADS);
        Dim depth = Dim.of(DEPTH);
        Shape shape =
                switch (plan.added()) {
                    case NOTHING -> null;
                    case HEADS, HEADS_FIRST -> Shape.of(Dim.ONE, heads, Dim.ONE, depth);
                    case ALL_HEADS -> Shape.of(depth);
                    case ROWS -> Shape.of(Dim.ONE, Dim.ONE, T, Dim.ONE);
                    case KEYS -> Shape.of(Dim.ONE, heads, T, depth);
                };
        if (shape == null) {
            return q;
        }
        Value more = builder.input("more", DType.FLOAT, shape);
        boolean first = plan.added() == Added.HEADS_FIRST;
        return builder.add(Op.ADD, "", Attributes.NONE, first ? more : q, first ? q : more);
    }

    /** The product with all positions, and each row moved one further to the left than the row below it. */
    private static Value shifted(GraphBuilder builder, Plan plan, Value query) {
        Dim batch = Dim.of(plan.batch());
        Dim heads = Dim.of(HEADS);
        Dim count = COUNT.plus(plan.positions());
        Value keys = keys(builder, plan.positions());
        Value all = builder.add(Op.MATMUL, "", Attributes.NONE, query, keys);
        List<Dim> pads = List.of(Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ZERO, Dim.ONE, Dim.ZERO);
        Value padded = builder.add(Op.PAD, "", Attributes.of("pads", pads, "mode", "constant", "value", 0.0), all);
        Value rows = reshape(builder, padded, batch, heads, count.plus(1), T);
        Attributes rest = Attributes.of("axis", 2, "start", 1, "end", count.plus(1), "step", 1);
        return reshape(builder, builder.add(Op.SLICE, "", rest, rows), batch, heads, T, count);
    }

    /** Keys {@code [1, heads, depth, 2 T - 1 + more]}, made of an input of T, because the size of an input is one symbol. */
    private static Value keys(GraphBuilder builder, int more) {
        Value half = builder.input("positions", DType.FLOAT, Shape.of(Dim.ONE, Dim.of(HEADS), Dim.of(DEPTH), T));
        Attributes later = Attributes.of("axis", 3, "start", 1, "end", T, "step", 1);
        List<Value> parts = new ArrayList<>(List.of(half, builder.add(Op.SLICE, "", later, half)));
        if (more > 0) {
            Attributes few = Attributes.of("axis", 3, "start", 0, "end", Dim.of(more), "step", 1);
            parts.add(builder.add(Op.SLICE, "", few, half));
        }
        return builder.add(Op.CONCAT, "", Attributes.of("axis", 3), parts.toArray(Value[]::new));
    }

    private static Value reshape(GraphBuilder builder, Value x, Dim... shape) {
        return builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(shape)), x);
    }

    private static Value read(GraphBuilder builder, Plan plan, Value scores, List<Value> outputs) {
        return switch (plan.scores()) {
            case PLAIN -> scores;
            case SHOWN -> {
                outputs.add(scores);
                yield scores;
            }
            case MASKED -> {
                Value mask = builder.input("mask", DType.FLOAT, Shape.of(Dim.ONE, Dim.ONE, Dim.ONE, T));
                yield builder.add(Op.ADD, "", Attributes.NONE, scores, mask);
            }
            case DOUBLED -> builder.add(Op.MUL, "", Attributes.of("scalar", 2.0), scores);
        };
    }
}
