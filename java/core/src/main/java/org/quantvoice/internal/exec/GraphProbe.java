package org.quantvoice.internal.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramBuilder;

/** A float graph whose intermediate tensors can be read after each run, for calibration. For one thread. */
public final class GraphProbe implements AutoCloseable {
    private final KernelPool pool = KernelPool.of(1);
    private final PackedWeights weights;
    private final ProgramBuilder builder;

    public GraphProbe(Graph graph) {
        weights = new PackedWeights(graph, 1);
        builder = new ProgramBuilder(graph, weights);
    }

    /** The results of a run, dense. */
    public record Seen(List<float[]> outputs, Map<Value, float[]> taps) {}

    /**
     * Runs the graph.
     *
     * @param shapes of the inputs
     * @param scalars by name
     */
    public Seen run(List<long[]> shapes, Map<String, Long> scalars, Set<Value> taps, float[]... inputs) {
        Program plan = builder.build(shapes, scalars, taps);
        try (NativeProgram program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes());
                Arena arena = Arena.of(plan.arenaBytes())) {
            plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
            for (int i = 0; i < inputs.length; i++) {
                arena.write(plan.inputs().get(i).offset(), inputs[i]);
            }
            program.run(pool, arena);
            List<float[]> outputs = new ArrayList<>();
            plan.outputs().forEach(region -> outputs.add(arena.read(region.offset(), region.elements())));
            Map<Value, float[]> seen = new HashMap<>();
            plan.taps().forEach((value, region) -> seen.put(value, arena.read(region.offset(), region.elements())));
            return new Seen(outputs, seen);
        }
    }

    @Override
    public void close() {
        weights.close();
        pool.close();
    }
}
