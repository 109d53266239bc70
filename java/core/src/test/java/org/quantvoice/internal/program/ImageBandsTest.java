package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
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
 * A convolution and a depthwise one behind it, which run band by band, on images of one band and of several: with other
 * windows, strides and paddings, and where the image is needed as a whole.
 */
class ImageBandsTest {
    private static final int CHANNELS = 16;
    private static final int WIDTH = 80;
    /** The sums have a hundred terms, which the planner and the reference add in another order. */
    private static final double TOLERANCE = 1e-3;

    /** What makes the image. */
    enum Source {
        WINDOWS,
        PIXELS,
        GROUPS
    }

    /** What else there is beside the two convolutions. */
    enum More {
        NOTHING,
        RELU,
        SHOWN,
        READ_TWICE,
        SCALED
    }

    /** The depthwise convolution: taps, stride, padding and dilation along the rows, stride along the columns. */
    record Window(int taps, int stride, int padding, int dilation, int columnStride) {}

    record Plan(Source source, More more, Window window, int batch) {}

    @Provide
    Arbitrary<Plan> plans() {
        Arbitrary<Integer> taps = Arbitraries.integers().between(1, 4);
        Arbitrary<Integer> steps = Arbitraries.integers().between(1, 3);
        Arbitrary<Window> windows = Combinators.combine(
                        taps, steps, Arbitraries.integers().between(0, 3), steps, steps)
                .as(Window::new);
        return Combinators.combine(
                        Arbitraries.of(Source.class), Arbitraries.of(More.class), windows, Arbitraries.of(1, 1, 2))
                .as(Plan::new);
    }

    @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
    void thePlanGivesWhatTheReferenceGives(@ForAll("plans") Plan plan) {
        try (Graph graph = graph(plan)) {
            PlannedGraph.compare(graph, Map.of("T", 14L), 1, TOLERANCE);
            PlannedGraph.compare(graph, Map.of("T", 210L), 2, TOLERANCE);
        }
    }

    @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
    void bandsGiveTheBitsOfTheWholeImage(@ForAll("plans") Plan plan) {
        ArrayTensor input = PlannedGraph.chance(
                DType.FLOAT,
                new long[] {plan.batch(), plan.source() == Source.WINDOWS ? 1 : 2, 150, WIDTH},
                new Random(3));
        try (Graph bands = graph(new Plan(plan.source(), More.NOTHING, plan.window(), plan.batch()));
                Graph whole = graph(new Plan(plan.source(), More.SHOWN, plan.window(), plan.batch()))) {
            float[] expected = PlannedGraph.run(whole, List.of(input)).get(1);
            assertThat(PlannedGraph.run(bands, List.of(input)).get(0)).containsExactly(expected);
        }
    }

    @Test
    void anImageIsMadeForTheConvolutionThatReadsIt() {
        Window half = new Window(3, 2, 1, 1, 2);
        assertThat(isJoined(new Plan(Source.WINDOWS, More.RELU, half, 1))).isTrue();
        assertThat(isJoined(new Plan(Source.PIXELS, More.NOTHING, half, 2))).isTrue();
        assertThat(isJoined(new Plan(Source.GROUPS, More.RELU, half, 1))).isFalse();
        assertThat(isJoined(new Plan(Source.WINDOWS, More.SHOWN, half, 1))).isFalse();
        assertThat(isJoined(new Plan(Source.WINDOWS, More.READ_TWICE, half, 1))).isFalse();
        assertThat(isJoined(new Plan(Source.WINDOWS, More.SCALED, half, 1))).isFalse();
        assertThat(isJoined(new Plan(Source.WINDOWS, More.RELU, new Window(2, 1, 2, 1, 1), 1)))
                .isFalse();
    }

    private static boolean isJoined(Plan plan) {
        try (Graph graph = graph(plan)) {
            Fusion fusion = new Fusion(graph);
            return graph.nodes().stream()
                    .anyMatch(node -> fusion.bandSource(node).isPresent());
        }
    }

    private static Graph graph(Plan plan) {
        GraphBuilder builder = new GraphBuilder();
        int channels = plan.source() == Source.WINDOWS ? 1 : 2;
        Shape shape = Shape.of(Dim.of(plan.batch()), Dim.of(channels), Dim.symbol("T"), Dim.of(WIDTH));
        Value x = builder.input("x", DType.FLOAT, shape);
        int groups = plan.source() == Source.GROUPS ? 2 : 1;
        int size = plan.source() == Source.WINDOWS ? 3 : 1;
        Window source = new Window(size, 1, size / 2, 1, 1);
        Value image = convolution(builder, x, source, new long[] {CHANNELS, channels / groups, size, size}, groups);
        List<Value> outputs = new ArrayList<>();
        Value seen = more(builder, plan.more(), image, outputs);
        Window window = plan.window();
        long[] taps = {CHANNELS, 1, window.taps(), 3};
        outputs.add(convolution(builder, seen, window, taps, CHANNELS));
        if (plan.more() == More.READ_TWICE) {
            outputs.add(builder.add(Op.TANH, "", Attributes.NONE, image));
        }
        return builder.build(outputs);
    }

    private static Value more(GraphBuilder builder, More more, Value image, List<Value> outputs) {
        return switch (more) {
            case RELU -> builder.add(Op.RELU, "", Attributes.NONE, image);
            case SCALED -> builder.add(Op.MUL, "", Attributes.of("scalar", 0.5), image);
            case SHOWN -> {
                outputs.add(image);
                yield image;
            }
            default -> image;
        };
    }

    private static Value convolution(GraphBuilder builder, Value x, Window window, long[] dims, int groups) {
        Random random = new Random(groups);
        Value weight = builder.constant("w" + groups, PlannedGraph.chance(DType.FLOAT, dims, random), true);
        Value bias =
                builder.constant("b" + groups, PlannedGraph.chance(DType.FLOAT, new long[] {CHANNELS}, random), true);
        int across = (int) dims[3] / 2;
        Attributes attributes = Attributes.of(
                "stride", new int[] {window.stride(), window.columnStride()},
                "padding", new int[] {window.padding(), across},
                "dilation", new int[] {window.dilation(), 1},
                "groups", groups);
        return builder.add(Op.CONV2D, "", attributes, x, weight, bias);
    }
}
