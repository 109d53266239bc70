package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.PackedWeights;

/** Attention with masks, biases and causality is one step, no matrix of scores, and gives what the reference gives. */
class AttentionMaskTest {
    private static final Dim T = Dim.symbol("T");
    private static final String HEADS = "f 1 2 T 16";

    static List<PlannedCase> fused() {
        Attributes plain = Attributes.of("scale", 0.25);
        Attributes causal = Attributes.of("scale", 0.25, "causal", true);
        return List.of(
                PlannedCase.of(Op.ATTENTION, causal, HEADS, HEADS, HEADS),
                PlannedCase.of(Op.ATTENTION, plain, HEADS, HEADS, HEADS, "f 2 T T"),
                PlannedCase.of(Op.ATTENTION, causal, HEADS, HEADS, HEADS, "f 1 2 T T"),
                PlannedCase.of(Op.ATTENTION, plain, HEADS, HEADS, HEADS, "f T"),
                PlannedCase.of(Op.ATTENTION, plain, HEADS, HEADS, HEADS, "b 1 1 1 T"),
                PlannedCase.of(Op.ATTENTION, causal, HEADS, HEADS, HEADS, "b 2 T T"));
    }

    @ParameterizedTest
    @MethodSource("fused")
    void aMaskIsPartOfTheStepForManyBlocksOfKeysToo(PlannedCase operator) {
        try (Graph graph = operator.graph()) {
            PlannedGraph.compare(graph, Map.of("T", 200L), 3);
            assertThat(steps(graph, 200)).contains(StepOp.ATTENTION).doesNotContain(StepOp.SOFTMAX_ROWS);
        }
    }

    /** NeMo's and Transformers' form: content and shifted positions, scaled, closed, and zeroed behind the softmax or not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void relativePositionsOfEachHeadArePartOfTheStep(boolean zeroed) {
        try (Graph graph = relative(zeroed)) {
            for (long length : List.of(1L, 7L, 150L)) {
                PlannedGraph.compare(graph, Map.of("T", length), length);
            }
            assertThat(steps(graph, 150)).contains(StepOp.ATTENTION).doesNotContain(StepOp.SOFTMAX_ROWS);
        }
    }

    @Test
    void aRowThatMayNotLookAnywhereIsZeroWhereTheModelZeroesIt() {
        try (Graph graph = relative(true)) {
            assertThat(graph.print()).contains("masked_fill");
            PlannedGraph.compare(graph, Map.of("T", 2L), 5); // seeds 5 to 8 close both keys of a row somewhere
            PlannedGraph.compare(graph, Map.of("T", 2L), 6);
            PlannedGraph.compare(graph, Map.of("T", 2L), 7);
            PlannedGraph.compare(graph, Map.of("T", 2L), 8);
        }
    }

    private static Set<StepOp> steps(Graph graph, long length) {
        try (PackedWeights weights = new PackedWeights(graph, 1)) {
            List<long[]> shapes = graph.inputs().stream()
                    .map(v -> v.shape().evaluate(Map.of("T", length)))
                    .toList();
            return new ProgramBuilder(graph, weights)
                    .build(shapes, Map.of(), Set.of()).steps().stream()
                            .map(Program.Step::op)
                            .collect(Collectors.toSet());
        }
    }

    private static Graph relative(boolean zeroed) {
        GraphBuilder builder = new GraphBuilder();
        Shape heads = Shape.of(Dim.ONE, Dim.of(2), T, Dim.of(16));
        Value content = builder.input("content", DType.FLOAT, heads);
        Value position = builder.input("position", DType.FLOAT, heads);
        Value keys = builder.input("keys", DType.FLOAT, heads);
        Value values = builder.input("values", DType.FLOAT, heads);
        Value places = builder.input("places", DType.FLOAT, heads);
        Value closed = builder.input("closed", DType.BOOL, Shape.of(Dim.ONE, Dim.ONE, T, T));
        Value scores = builder.add(
                Op.ADD, "", Attributes.NONE, product(builder, content, keys), product(builder, position, places));
        scores = builder.add(Op.DIV, "", Attributes.of("scalar", 4.0), scores);
        scores = fill(builder, scores, closed, zeroed ? -1e4 : -3e38);
        Value weights = builder.add(Op.SOFTMAX, "", Attributes.of("axis", 3), scores);
        weights = zeroed ? fill(builder, weights, closed, 0) : weights;
        return builder.build(List.of(builder.add(Op.MATMUL, "", Attributes.NONE, weights, values)));
    }

    private static Value product(GraphBuilder builder, Value q, Value k) {
        Value turned = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 1, 3, 2}), k);
        return builder.add(Op.MATMUL, "", Attributes.NONE, q, turned);
    }

    private static Value fill(GraphBuilder builder, Value x, Value mask, double value) {
        return builder.add(Op.MASKED_FILL, "", Attributes.of("value", value), x, mask);
    }
}
