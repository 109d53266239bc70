package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * Layers with a sum behind them, or nearly: linear layers and convolutions of one frame or more, activations,
 * exchanged axes and factors in any order between layer and sum, sums with earlier and later tensors, values that are
 * seen outside. What runs with the layer and what does not gives the same numbers.
 */
class NearlyResidualTest {
    private static final int SIZE = 4;
    private static final Dim T = Dim.symbol("T");

    /** The layer before the sum. */
    enum Layer {
        LINEAR,
        FRAME,
        WINDOW,
        GROUPS,
        DEPTHWISE
    }

    /** What happens between the layer and the sum, in this order. */
    enum Turn {
        HALF,
        MINUS_TWO,
        THIRD,
        BY_SIZE,
        SILU,
        EXCHANGE,
        SHOWN
    }

    /** What is added: a tensor of the same shape that is there before the layer or behind it, a row, the layer itself. */
    enum Added {
        EARLIER,
        EXCHANGED,
        LATER,
        ROW,
        ITSELF
    }

    record Plan(Layer layer, List<Turn> turns, Added added, boolean addedFirst, int batch) {}

    @Provide
    Arbitrary<Plan> plans() {
        return Combinators.combine(
                        Arbitraries.of(Layer.class),
                        Arbitraries.of(Turn.class).list().ofMaxSize(4),
                        Arbitraries.of(Added.class),
                        Arbitraries.of(true, false),
                        Arbitraries.of(1, 1, 2))
                .as(Plan::new);
    }

    @Property(tries = 500)
    void thePlanGivesWhatTheReferenceGives(@ForAll("plans") Plan plan) {
        try (Graph graph = graph(plan)) {
            PlannedGraph.compare(graph, Map.of("T", (long) SIZE), 1);
            PlannedGraph.compare(graph, Map.of("T", 9L), 2);
        }
    }

    @Test
    void halfAFeedForwardRunsWithItsSum() {
        assertThat(sums(new Plan(Layer.LINEAR, List.of(Turn.HALF), Added.EARLIER, true, 1)))
                .containsExactly(0.5);
    }

    @Test
    void aConvolutionOfOneFrameRunsWithItsSum() {
        List<Turn> turns = List.of(Turn.EXCHANGE, Turn.SILU, Turn.MINUS_TWO);
        assertThat(sums(new Plan(Layer.FRAME, turns, Added.EARLIER, false, 2))).containsExactly(-2.0);
    }

    @Test
    void aFactorBeforeTheExchangeRunsWithTheSumToo() {
        Plan plan = new Plan(Layer.FRAME, List.of(Turn.SILU, Turn.HALF, Turn.EXCHANGE), Added.EARLIER, false, 1);
        assertThat(sums(plan)).containsExactly(0.5);
        thePlanGivesWhatTheReferenceGives(plan);
    }

    @Test
    void factorsThatRoundStaySteps() {
        assertThat(sums(new Plan(Layer.LINEAR, List.of(Turn.THIRD), Added.EARLIER, true, 1)))
                .isEmpty();
    }

    @Test
    void whatIsSeenOutsideStaysAStep() {
        List<Turn> turns = List.of(Turn.HALF, Turn.SHOWN);
        assertThat(sums(new Plan(Layer.LINEAR, turns, Added.EARLIER, true, 1))).isEmpty();
    }

    @Test
    void channelsByFramesStayASum() {
        assertThat(sums(new Plan(Layer.FRAME, List.of(), Added.EARLIER, true, 1)))
                .isEmpty();
    }

    /** Returns the factors of the sums that run with a layer. */
    private static List<Double> sums(Plan plan) {
        try (Graph graph = graph(plan)) {
            Fusion fusion = new Fusion(graph);
            return graph.nodes().stream()
                    .flatMap(node -> fusion.residual(node).stream())
                    .map(Fusion.Residual::factor)
                    .toList();
        }
    }

    private static Graph graph(Plan plan) {
        GraphBuilder builder = new GraphBuilder();
        Shape shape = Shape.of(Dim.of(plan.batch()), T, Dim.of(SIZE));
        Value x = builder.input("x", DType.FLOAT, shape);
        Value y = builder.input("y", DType.FLOAT, shape);
        Value earlier = builder.add(Op.TANH, "", Attributes.NONE, y);
        boolean frames = plan.layer() == Layer.LINEAR;
        Value result = layer(builder, plan.layer(), frames ? x : exchange(builder, x));
        List<Value> outputs = new ArrayList<>();
        for (Turn turn : plan.turns()) {
            result = turned(builder, turn, result, outputs);
            frames ^= turn == Turn.EXCHANGE;
        }
        Value added = added(builder, plan.added(), frames ? earlier : exchange(builder, earlier), result);
        Value sum = plan.addedFirst() ? add(builder, added, result) : add(builder, result, added);
        outputs.add(sum);
        return builder.build(outputs);
    }

    private static Value layer(GraphBuilder builder, Layer layer, Value x) {
        Random random = new Random(layer.ordinal());
        int window = layer == Layer.WINDOW || layer == Layer.DEPTHWISE ? 3 : 1;
        int groups = layer == Layer.GROUPS ? 2 : layer == Layer.DEPTHWISE ? SIZE : 1;
        long[] dims = layer == Layer.LINEAR ? new long[] {SIZE, SIZE} : new long[] {SIZE, SIZE / groups, window};
        Value weight = builder.constant("weight", PlannedGraph.chance(DType.FLOAT, dims, random), true);
        Value bias = builder.constant("bias", PlannedGraph.chance(DType.FLOAT, new long[] {SIZE}, random), true);
        if (layer == Layer.LINEAR) {
            return builder.add(Op.LINEAR, "", Attributes.NONE, x, weight, bias);
        }
        Attributes attributes = Attributes.of(
                "stride",
                new int[] {1},
                "padding",
                new int[] {window / 2},
                "dilation",
                new int[] {1},
                "groups",
                groups);
        return builder.add(Op.CONV1D, "", attributes, x, weight, bias);
    }

    private static Value turned(GraphBuilder builder, Turn turn, Value x, List<Value> outputs) {
        return switch (turn) {
            case HALF -> builder.add(Op.MUL, "", Attributes.of("scalar", 0.5), x);
            case MINUS_TWO -> builder.add(Op.MUL, "", Attributes.of("scalar", -2.0), x);
            case THIRD -> builder.add(Op.MUL, "", Attributes.of("scalar", 1.0 / 3), x);
            case BY_SIZE -> builder.add(Op.MUL, "", Attributes.of("scalar", T), x);
            case SILU -> builder.add(Op.SILU, "", Attributes.NONE, x);
            case EXCHANGE -> exchange(builder, x);
            case SHOWN -> {
                outputs.add(x);
                yield x;
            }
        };
    }

    private static Value added(GraphBuilder builder, Added added, Value earlier, Value layer) {
        return switch (added) {
            case EARLIER -> earlier;
            case EXCHANGED -> exchange(builder, exchange(builder, earlier));
            case LATER -> builder.add(Op.TANH, "", Attributes.NONE, earlier);
            case ROW -> builder.constant("row", ArrayTensor.of(new float[] {3}, 1), true);
            case ITSELF -> layer;
        };
    }

    private static Value exchange(GraphBuilder builder, Value x) {
        return builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), x);
    }

    private static Value add(GraphBuilder builder, Value a, Value b) {
        return builder.add(Op.ADD, "", Attributes.NONE, a, b);
    }
}
