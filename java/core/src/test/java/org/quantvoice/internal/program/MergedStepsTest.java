package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.PackedWeights;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.quantize.WeightRounding;

/** Passes over the steps of a program change where and when things are computed, and no bit of what comes out. */
class MergedStepsTest {
    private static final int[] SAMPLES = {10, 64, 2000};

    enum Model {
        TRANSFORMER,
        PACKED,
        RECURRENT,
        /** A static layer behind another: the first one's product writes int8. */
        STATIC;

        Graph graph() {
            return switch (this) {
                case TRANSFORMER -> SmallModels.transformer();
                case PACKED -> SmallModels.packed();
                case RECURRENT -> SmallModels.recurrent();
                case STATIC -> staticLayers();
            };
        }

        private static Graph staticLayers() {
            GraphBuilder builder = new GraphBuilder();
            Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
            List<Dim> column = List.of(wav.shape().dim(1), Dim.ONE);
            Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", column), wav);
            LayerPrecision precision = LayerPrecision.statically(0.01, 128);
            Value first = linear(builder, "first", x, 7, 1, precision);
            Value second = linear(builder, "second", builder.add(Op.RELU, "", Attributes.NONE, first), 5, 7, precision);
            return builder.build(List.of(second));
        }

        private static Value linear(GraphBuilder builder, String name, Value x, int out, int in, LayerPrecision of) {
            ArrayTensor weight = PlannedGraph.chance(DType.FLOAT, new long[] {out, in}, new Random(out));
            Value rounded = builder.constant(name + ".weight", WeightRounding.int8(weight), true);
            return builder.add(Op.LINEAR, name, of.in(Attributes.NONE), x, rounded);
        }
    }

    /** Where results are rounded to int8 by the step that makes them, and where by a step of its own. */
    @ParameterizedTest
    @EnumSource(names = {"TRANSFORMER", "PACKED", "STATIC"})
    void mergedStepsGiveTheSameBits(Model model) {
        Graph graph = model.graph();
        try (PackedWeights weights = new PackedWeights(graph, 1)) {
            for (int samples : SAMPLES) {
                Program merged = plan(graph, weights, samples, true);
                Program plain = plan(graph, weights, samples, false);
                assertThat(merged.steps())
                        .as("steps")
                        .hasSizeLessThan(plain.steps().size());
                assertThat(run(merged, samples))
                        .as("%s, %d samples", model, samples)
                        .isEqualTo(run(plain, samples));
            }
        }
    }

    /** Where tensors stay in a thread's scratch for a block of rows, and where all can be read after the run. */
    @ParameterizedTest
    @EnumSource
    void keptTensorsChangeNoBit(Model model) {
        Graph graph = model.graph();
        Set<Value> all = new HashSet<>();
        graph.nodes().stream()
                .map(n -> n.outputs().get(0))
                .filter(v -> v.type() == DType.FLOAT)
                .forEach(all::add);
        try (PackedWeights weights = new PackedWeights(graph, 1)) {
            ProgramBuilder builder = new ProgramBuilder(graph, weights);
            for (int samples : SAMPLES) {
                List<long[]> shapes = List.of(new long[] {1, samples});
                Program kept = builder.build(shapes, Map.of(), all);
                Program free = builder.build(shapes, Map.of(), Set.of());
                assertThat(free.arenaBytes()).as("arena").isLessThan(kept.arenaBytes());
                assertThat(run(kept, samples))
                        .as("%s, %d samples", model, samples)
                        .isEqualTo(run(free, samples));
            }
        }
    }

    /** As {@link ProgramBuilder} plans, with the merging or without. */
    private static Program plan(Graph graph, PackedWeights weights, int samples, boolean merge) {
        Emission emission =
                new Emission(new Fusion(graph), weights, graph.sizes(List.of(new long[] {1, samples}), Map.of()));
        Value input = graph.inputs().get(0);
        Strided in = emission.fresh(emission.shape(input));
        in.buffer().pinned = true;
        emission.set(input, in);
        new NodeEmitter(emission).emitAll();
        List<Strided> outputs = new ArrayList<>();
        graph.outputs().forEach(v -> outputs.add(ProgramBuilder.kept(emission, v)));
        Set<Buffer> read = new HashSet<>();
        outputs.forEach(t -> read.add(t.buffer()));
        emission.removeUnread(read);
        if (merge) {
            QuantizeMerge.apply(emission.drafts);
        }
        return ProgramAssembly.of(List.of(), emission.drafts, List.of(in), outputs, Map.of(), new long[0]);
    }

    private static float[] run(Program plan, int samples) {
        try (KernelPool pool = KernelPool.of(2);
                NativeProgram program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes());
                Arena arena = Arena.of(plan.arenaBytes())) {
            plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
            arena.write(plan.inputs().get(0).offset(), SmallModels.noise(samples));
            program.run(pool, arena);
            Program.Region region = plan.outputs().get(0);
            return arena.read(region.offset(), region.elements());
        }
    }
}
