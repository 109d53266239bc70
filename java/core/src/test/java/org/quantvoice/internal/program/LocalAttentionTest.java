package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
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
import org.quantvoice.internal.longform.LocalAttention;

/** Local attention against scores of all pairs, computed in double, of which those outside of the window are left out. */
class LocalAttentionTest {
    private static final int HEADS = 2;
    private static final int D = 16;
    private static final double SCALE = 0.25;

    private static Graph graph(boolean causal, boolean masked) {
        GraphBuilder builder = new GraphBuilder();
        Dim t = Dim.symbol("T");
        Shape heads = Shape.of(Dim.ONE, Dim.of(HEADS), t, Dim.of(D));
        Value q = builder.input("q", DType.FLOAT, heads);
        Value k = builder.input("k", DType.FLOAT, heads);
        Value v = builder.input("v", DType.FLOAT, heads);
        Attributes attributes = causal ? Attributes.of("scale", SCALE, "causal", true) : Attributes.of("scale", SCALE);
        if (!masked) {
            return builder.build(List.of(builder.add(Op.ATTENTION, "attention", attributes, q, k, v)));
        }
        Value mask = builder.input("mask", DType.FLOAT, Shape.of(t));
        return builder.build(List.of(builder.add(Op.ATTENTION, "attention", attributes, q, k, v, mask)));
    }

    private static float[] run(Graph graph, Optional<LocalAttention> local, int length, float[]... inputs) {
        List<long[]> shapes = graph.inputs().stream()
                .map(v -> v.shape().evaluate(Map.of("T", (long) length)))
                .toList();
        try (PackedWeights weights = new PackedWeights(graph, 1);
                KernelPool pool = KernelPool.of(2)) {
            Program plan = new ProgramBuilder(graph, weights, local).build(shapes, Map.of(), Set.of());
            try (NativeProgram program = NativeProgram.create(
                            plan.words(), plan.arenaBytes(), plan.scratchBytes(), plan.slotBytes());
                    Arena arena = Arena.of(plan.arenaBytes())) {
                for (Program.Constant constant : plan.constants()) {
                    arena.write(constant.offset(), constant.values());
                }
                for (int i = 0; i < inputs.length; i++) {
                    arena.write(plan.inputs().get(i).offset(), inputs[i]);
                }
                program.run(pool, arena);
                float[] out = new float[Math.toIntExact(plan.outputs().get(0).elements())];
                arena.read(plan.outputs().get(0).offset(), out);
                return out;
            }
        }
    }

    private static boolean sees(LocalAttention local, boolean causal, int row, int key) {
        if (causal) {
            return key <= row && row - key <= local.before();
        }
        boolean near = key >= row - local.before() && key <= row + local.after();
        return near || key < local.global() || row < local.global();
    }

    private static double[] expected(
            LocalAttention local, boolean causal, int length, float[] q, float[] k, float[] v, float[] mask) {
        double[] out = new double[q.length];
        for (int h = 0; h < HEADS; h++) {
            for (int row = 0; row < length; row++) {
                double[] weights = new double[length];
                double sum = 0;
                for (int key = 0; key < length; key++) {
                    if (sees(local, causal, row, key)) {
                        double score = mask[key];
                        for (int i = 0; i < D; i++) {
                            score += SCALE * q[(h * length + row) * D + i] * k[(h * length + key) * D + i];
                        }
                        weights[key] = Math.exp(score);
                        sum += weights[key];
                    }
                }
                for (int key = 0; key < length; key++) {
                    for (int i = 0; i < D; i++) {
                        out[(h * length + row) * D + i] += weights[key] / sum * v[(h * length + key) * D + i];
                    }
                }
            }
        }
        return out;
    }

    /** Lengths below, at and beyond the window and the kernels' blocks; windows of one frame, of one side, beyond the ends. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, 3, 0",
        "2, 1, 0, 0",
        "5, 10, 10, 2",
        "40, 0, 0, 0",
        "40, 0, 0, 1",
        "70, 16, 0, 0",
        "70, 0, 16, 3",
        "130, 7, 9, 0",
        "300, 64, 64, 0",
        "300, 64, 64, 5",
        "300, 5, 130, 300",
        "515, 31, 33, 17",
        "700, 256, 1, 1"
    })
    void givesWhatScoresOutsideOfTheWindowLeftOutGive(int length, int before, int after, int global) {
        LocalAttention local = new LocalAttention(before, after, global);
        for (boolean causal : global > 0 ? new boolean[] {false} : new boolean[] {false, true}) {
            for (boolean masked : new boolean[] {false, true}) {
                Random random = new Random(length + before);
                float[] q = noise(random, length * HEADS * D);
                float[] k = noise(random, length * HEADS * D);
                float[] v = noise(random, length * HEADS * D);
                float[] mask = masked ? noise(random, length) : new float[length];
                try (Graph graph = graph(causal, masked)) {
                    float[] got = masked
                            ? run(graph, Optional.of(local), length, q, k, v, mask)
                            : run(graph, Optional.of(local), length, q, k, v);
                    double[] wanted = expected(local, causal, length, q, k, v, mask);
                    for (int i = 0; i < wanted.length; i++) {
                        assertThat((double) got[i])
                                .as("%s of %d frames, causal %b, masked %b, value %d", local, length, causal, masked, i)
                                .isCloseTo(wanted[i], within(2e-5)); // a graph of floats runs in float
                    }
                }
            }
        }
    }

    @Test
    void globalFramesOfCausalAttentionAreRefused() {
        try (Graph graph = graph(true, false)) {
            assertThatThrownBy(() -> run(graph, Optional.of(new LocalAttention(3, 0, 2)), 9))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("causal");
        }
    }

    /** Two layers of attention of which one is a step: the other must not see everything unsaid. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void attentionThatIsNoStepIsRefusedBesideOneThatIs(boolean spelled) {
        GraphBuilder builder = new GraphBuilder();
        Dim t = Dim.symbol("T");
        Shape heads = Shape.of(Dim.ONE, Dim.of(HEADS), t, Dim.of(D));
        Value q = builder.input("q", DType.FLOAT, heads);
        Value k = builder.input("k", DType.FLOAT, heads);
        Value v = builder.input("v", DType.FLOAT, Shape.of(Dim.ONE, Dim.of(HEADS), t, Dim.of(D / 2)));
        List<Value> outputs = new ArrayList<>();
        outputs.add(builder.add(Op.ATTENTION, "first", Attributes.of("scale", SCALE), q, k, q));
        if (spelled) {
            Value turned = builder.add(Op.TRANSPOSE, "second", Attributes.of("order", new int[] {0, 1, 3, 2}), k);
            Value scores = builder.add(Op.MATMUL, "second", Attributes.NONE, q, turned);
            Value weights = builder.add(Op.SOFTMAX, "second", Attributes.of("axis", 3), scores);
            outputs.add(weights); // which others see, so that the three are no single step
            outputs.add(builder.add(Op.MATMUL, "second", Attributes.NONE, weights, k));
        } else {
            outputs.add(builder.add(Op.ATTENTION, "second", Attributes.of("scale", SCALE), q, k, v));
        }
        try (Graph graph = builder.build(outputs)) {
            assertThatThrownBy(() -> run(graph, Optional.of(new LocalAttention(3, 3)), 9))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("second");
        }
    }

    @Test
    void aWindowAsLongAsTheRecordingIsFullAttention() {
        int length = 200;
        Random random = new Random(9);
        float[][] inputs = new float[3][];
        Arrays.setAll(inputs, i -> noise(random, length * HEADS * D));
        try (Graph graph = graph(false, false)) {
            float[] full = run(graph, Optional.empty(), length, inputs);
            assertThat(run(graph, Optional.of(new LocalAttention(length, length)), length, inputs))
                    .isEqualTo(full);
            assertThat(run(graph, Optional.of(new LocalAttention(20, 20)), length, inputs))
                    .isNotEqualTo(full);
        }
    }

    @Test
    void workGrowsWithTheLengthAndNotWithItsSquare() {
        try (Graph graph = graph(false, false);
                PackedWeights weights = new PackedWeights(graph, 1)) {
            ProgramBuilder builder = new ProgramBuilder(graph, weights, Optional.of(new LocalAttention(64, 64)));
            assertThat(operations(builder, 40_000)).isEqualTo(40 * operations(builder, 1_000));
        }
    }

    private static long operations(ProgramBuilder builder, long length) {
        long[] shape = {1, HEADS, length, D};
        return builder.build(List.of(shape, shape, shape), Map.of(), Set.of()).steps().stream()
                .mapToLong(Program.Step::operations)
                .sum();
    }

    @Test
    void aModelWithoutSelfAttentionIsRefused() {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        try (Graph graph = builder.build(List.of(builder.add(Op.GELU, "", Attributes.NONE, x)));
                PackedWeights weights = new PackedWeights(graph, 1)) {
            ProgramBuilder programs = new ProgramBuilder(graph, weights, Optional.of(new LocalAttention(1, 1)));
            assertThatThrownBy(() -> programs.build(List.of(new long[] {1, 50}), Map.of(), Set.of()))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("local attention 1,1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1,", ",1", "1,-1", "1,2,3,4", "a,b", "1, 2", "9999999999,1"})
    void whatIsNoWindowIsRefused(String text) {
        assertThatThrownBy(() -> LocalAttention.parse(text)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void textsAreReadAsTheyAreWritten() {
        for (LocalAttention each : List.of(new LocalAttention(1, 2), new LocalAttention(0, 0, 4))) {
            assertThat(LocalAttention.parse(each.toString())).isEqualTo(each);
        }
        assertThat(LocalAttention.parse("128,64")).isEqualTo(new LocalAttention(128, 64, 0));
        assertThatThrownBy(() -> new LocalAttention(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static float[] noise(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
