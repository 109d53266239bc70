package org.quantvoice.internal.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramBuilder;

/**
 * A graph of several inputs on the native executor, for any number of threads at once: each run has working memory and
 * kernel threads of its own.
 */
public final class GraphRunner implements AutoCloseable {

    /**
     * Number of programs kept: the ends of utterances have many shapes, and making a program takes longer than
     * running it.
     */
    private static final int PROGRAMS = 256;

    private final Graph graph;
    private final PackedWeights weights;
    private final ProgramCache programs;
    private final Workspaces workspaces;

    /**
     * Packs the weights.
     *
     * @param shapes gives the inputs' shapes for the key of a run
     * @throws org.quantvoice.error.UnsupportedOperatorException if the executor lacks an operator
     */
    public GraphRunner(Graph graph, int threads, LongFunction<List<long[]>> shapes) {
        this(graph, threads, KeptWeights.Part.NONE, shapes);
    }

    /** @param kept packed weights that earlier processes stored */
    GraphRunner(Graph graph, int threads, KeptWeights.Part kept, LongFunction<List<long[]>> shapes) {
        this.graph = graph;
        workspaces = new Workspaces(threads);
        weights = new PackedWeights(graph, threads, kept);
        ProgramBuilder builder = new ProgramBuilder(graph, weights);
        programs = new ProgramCache(key -> builder.buildForRuns(shapes.apply(key), Map.of()), PROGRAMS);
    }

    /** Native memory of the weights that were packed so far. */
    long weightBytes() {
        return weights.bytes();
    }

    /** Waits until all weights that programs asked for are packed. */
    void awaitWeights() {
        weights.await();
    }

    public Graph graph() {
        return graph;
    }

    /**
     * Runs the graph.
     *
     * @param key from which the inputs' shapes follow
     * @return the first output, dense
     */
    float[] run(long key, float[]... inputs) {
        return run(key, 1, inputs).get(0);
    }

    /** Runs the graph and returns all outputs, dense. */
    public List<float[]> runAll(long key, float[]... inputs) {
        return run(key, graph.outputs().size(), inputs);
    }

    private List<float[]> run(long key, int outputs, float[]... inputs) {
        return prepared(key, inputs, (entry, space) -> {
            entry.program().run(space.pool(), space.arena());
            List<float[]> results = new ArrayList<>(outputs);
            for (Program.Region out : entry.plan().outputs().subList(0, outputs)) {
                float[] values = new float[Math.toIntExact(out.elements())];
                space.arena().read(out.offset(), values);
                results.add(values);
            }
            return results;
        });
    }

    /** Returns the steps of a run with their times. */
    PlanListing profile(int repeats, long key, float[]... inputs) {
        return prepared(
                key,
                inputs,
                (entry, space) ->
                        space.profile(entry, repeats, () -> entry.program().profile(space.pool(), space.arena())));
    }

    private <T> T prepared(long key, float[][] inputs, BiFunction<ProgramCache.Entry, Workspaces.Workspace, T> use) {
        ProgramCache.Entry entry = programs.take(key);
        try {
            return workspaces.use(entry, space -> use.apply(entry, space), inputs);
        } finally {
            programs.release(entry);
        }
    }

    /** Frees everything but the graph; no run may be under way. */
    @Override
    public void close() {
        programs.close();
        workspaces.close();
        weights.close();
    }
}
