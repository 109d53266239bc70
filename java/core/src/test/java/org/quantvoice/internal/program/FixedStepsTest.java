package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
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
import org.quantvoice.internal.exec.PackedWeights;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** Steps that depend on sizes alone run once for a length, and their results stay in the arena from run to run. */
class FixedStepsTest {
    private static final int WIDTH = 5;
    private static final int FRAMES = 9;

    /** Keys of positions, the products of the input with them, and those products' own mixture of the input. */
    private static Graph positions() {
        GraphBuilder builder = new GraphBuilder();
        Dim time = Dim.symbol("T");
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, time, Dim.of(WIDTH)));
        Attributes range = Attributes.of("start", Dim.ZERO, "end", time, "step", 1, "type", DType.FLOAT.toString());
        Value places = builder.add(Op.ARANGE, "places", range);
        Value column = builder.add(Op.RESHAPE, "places", Attributes.of("shape", List.of(time, Dim.ONE)), places);
        Value sine = builder.add(Op.SIN, "places", Attributes.NONE, column);
        Value weight = builder.constant("weight", ArrayTensor.of(new float[] {1, -2, 0.5f, 3, 0.25f}, WIDTH, 1), true);
        Value keys = builder.add(Op.LINEAR, "keys", Attributes.NONE, sine, weight);
        Attributes swap = Attributes.of("order", new int[] {1, 0});
        Value turned = builder.add(Op.TRANSPOSE, "keys", swap, keys);
        Value scores = builder.add(Op.MATMUL, "scores", Attributes.NONE, x, turned);
        return builder.build(List.of(builder.add(Op.MATMUL, "mixed", Attributes.NONE, scores, x)));
    }

    @Test
    void runsFindWhatThePrologueLeft() {
        try (Graph graph = positions();
                PackedWeights weights = new PackedWeights(graph, 1);
                KernelPool pool = KernelPool.of(2)) {
            List<long[]> shapes = List.of(new long[] {1, FRAMES, WIDTH});
            Program plan = new ProgramBuilder(graph, weights).buildForRuns(shapes, Map.of());
            assertThat(labels(plan.prologue().steps())).anyMatch(l -> l.endsWith("keys"));
            assertThat(labels(plan.steps())).noneMatch(l -> l.endsWith("keys")).anyMatch(l -> l.endsWith("scores"));
            try (NativeProgram first =
                            NativeProgram.create(plan.prologue().words(), plan.arenaBytes(), plan.scratchBytes());
                    NativeProgram program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes());
                    Arena arena = Arena.of(plan.arenaBytes())) {
                plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
                first.run(pool, arena);
                for (long seed = 0; seed < 4; seed++) {
                    compare(graph, plan, program, pool, arena, seed);
                }
            }
        }
    }

    private static List<String> labels(List<Program.Step> steps) {
        return steps.stream().map(Program.Step::label).toList();
    }

    private static void compare(
            Graph graph, Program plan, NativeProgram program, KernelPool pool, Arena arena, long seed) {
        long[] shape = {1, FRAMES, WIDTH};
        ArrayTensor x = PlannedGraph.chance(DType.FLOAT, shape, new Random(seed));
        arena.write(plan.inputs().get(0).offset(), x.floats());
        program.run(pool, arena);
        float[] actual = new float[FRAMES * WIDTH];
        arena.read(plan.outputs().get(0).offset(), actual);
        float[] expected = ReferenceInterpreter.run(graph, List.of(x), Map.of(), (node, value, data) -> {})
                .get(0)
                .floats();
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("seed %d, element %d", seed, i).isCloseTo(expected[i], within(expected[i]));
        }
    }

    private static Offset<Float> within(float expected) {
        return Offset.offset(1e-4f * (1 + Math.abs(expected)));
    }

    /** Ten minutes of speech have keys of gigabytes, if those of all layers are kept. */
    @Test
    void whatIsTooLargeToKeepIsComputedInEachRun() {
        try (Graph graph = positions();
                PackedWeights weights = new PackedWeights(graph, 1)) {
            long frames = FixedSteps.MOST_KEPT_BYTES / (WIDTH * Float.BYTES) + 1;
            for (long size : new long[] {frames - 1, frames}) {
                Program plan =
                        new ProgramBuilder(graph, weights).buildForRuns(List.of(new long[] {1, size, WIDTH}), Map.of());
                assertThat(plan.prologue().isEmpty()).as("%d frames", size).isEqualTo(size == frames);
            }
        }
    }

    @Test
    void splittingLosesNoStep() {
        Graph graph = positions();
        try (PackedWeights weights = new PackedWeights(graph, 1)) {
            List<long[]> shapes = List.of(new long[] {1, FRAMES, WIDTH});
            Program whole = new ProgramBuilder(graph, weights).build(shapes, Map.of(), Set.of());
            assertThat(whole.prologue().isEmpty()).isTrue();
            Program split = new ProgramBuilder(graph, weights).buildForRuns(shapes, Map.of());
            assertThat(Stream.concat(split.prologue().steps().stream(), split.steps().stream())
                            .count())
                    .isEqualTo(whole.steps().size());
        }
    }
}
