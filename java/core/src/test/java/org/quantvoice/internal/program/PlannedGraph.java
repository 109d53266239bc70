package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.PackedWeights;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** Runs a graph as the native engine plans it, and as the reference interpreter reads it. */
final class PlannedGraph {
    private static final double TOLERANCE = 3e-5;

    private PlannedGraph() {}

    /** Plans and runs a graph for sizes of its symbols, and compares each output with the reference. */
    static void compare(Graph graph, Map<String, Long> sizes, long seed) {
        compare(graph, sizes, seed, TOLERANCE);
    }

    /** Does the same with a tolerance for graphs whose own rounding is larger than the usual one. */
    static void compare(Graph graph, Map<String, Long> sizes, long seed, double tolerance) {
        Random random = new Random(seed);
        List<ArrayTensor> inputs = new ArrayList<>();
        for (Value input : graph.inputs()) {
            inputs.add(chance(input.type(), input.shape().evaluate(sizes), random));
        }
        List<TensorData> expected = ReferenceInterpreter.run(graph, inputs, Map.of(), (node, value, data) -> {});
        List<float[]> actual = run(graph, inputs);
        for (int i = 0; i < expected.size(); i++) {
            same(graph, sizes, seed, tolerance, floats(expected.get(i)), actual.get(i));
        }
    }

    private static void same(
            Graph graph, Map<String, Long> sizes, long seed, double tolerance, float[] expected, float[] actual) {
        assertThat(actual).as("%s for %s", graph.print(), sizes).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            boolean equal = Float.compare(expected[i], actual[i]) == 0
                    || Math.abs(expected[i] - actual[i]) <= tolerance * (1 + Math.abs(expected[i]));
            assertThat(equal)
                    .as(
                            "%s for %s, seed %d: element %d is %s, the reference has %s",
                            graph.print(), sizes, seed, i, actual[i], expected[i])
                    .isTrue();
        }
    }

    /** What the native engine makes of inputs. */
    static List<float[]> run(Graph graph, List<ArrayTensor> inputs) {
        List<long[]> shapes = inputs.stream().map(ArrayTensor::shape).toList();
        try (PackedWeights weights = new PackedWeights(graph, 1);
                KernelPool pool = KernelPool.of(2)) {
            Program plan = new ProgramBuilder(graph, weights).build(shapes, Map.of(), Set.of());
            try (NativeProgram program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes());
                    Arena arena = Arena.of(plan.arenaBytes())) {
                plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
                for (int i = 0; i < inputs.size(); i++) {
                    arena.write(plan.inputs().get(i).offset(), floats(inputs.get(i)));
                }
                program.run(pool, arena);
                return plan.outputs().stream()
                        .map(region -> arena.read(region.offset(), region.elements()))
                        .toList();
            }
        }
    }

    /** Floats around 0 with many halves and whole numbers among them, whole numbers from 0 to 3, truth values. */
    static ArrayTensor chance(DType type, long[] shape, Random random) {
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double number = random.nextGaussian();
            values[i] = (float) (i % 3 == 0 ? Math.rint(number * 4) / 2 : number);
        }
        return switch (type) {
            case FLOAT -> ArrayTensor.of(values, shape);
            case INT -> ArrayTensor.of(random.longs(count, 0, 4).toArray(), shape);
            case BOOL -> {
                boolean[] flags = new boolean[count];
                for (int i = 0; i < count; i++) {
                    flags[i] = random.nextInt(4) > 0;
                }
                yield ArrayTensor.of(flags, shape);
            }
        };
    }

    static float[] floats(TensorData data) {
        if (data.type() == DType.FLOAT) {
            return data.floats();
        }
        float[] result = new float[Math.toIntExact(data.size())];
        long[] longs = data.type() == DType.INT ? data.longs() : new long[result.length];
        boolean[] flags = data.type() == DType.BOOL ? data.booleans() : new boolean[result.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = flags[i] ? 1 : longs[i];
        }
        return result;
    }
}
