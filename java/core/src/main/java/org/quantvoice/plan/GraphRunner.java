package org.quantvoice.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.kernels.Arena;
import org.quantvoice.kernels.KernelPool;

/**
 * A graph of several inputs on the native executor, for any number of threads at once: each run has working memory and
 * kernel threads of its own. Positions that are counted up from the scalar {@code offset} are written before each run, so
 * that one program serves every place in a stream.
 */
final class GraphRunner implements AutoCloseable {

    /** Ends of utterances have many shapes, and a program takes longer to make than to run. */
    private static final int PROGRAMS = 256;

    /** What one run at a time needs. */
    private static final class Workspace {
        private final KernelPool pool;
        private Arena arena;
        private ProgramCache.Entry prepared;

        Workspace(int threads, long bytes) {
            pool = KernelPool.of(threads);
            arena = Arena.of(bytes);
        }

        void close() {
            arena.close();
            pool.close();
        }
    }

    private final Graph graph;
    private final int threads;
    private final PackedWeights weights;
    private final ProgramCache programs;
    private final Set<Value> positions = new HashSet<>();
    private final Deque<Workspace> idle = new ArrayDeque<>();

    /**
     * Packs the weights.
     *
     * @param shapes the inputs' shapes for the key of a run
     * @throws UnsupportedOperatorException if the executor lacks an operator, or the offset is used for anything but
     *     positions
     */
    GraphRunner(Graph graph, int threads, LongFunction<List<long[]>> shapes) {
        this.graph = graph;
        this.threads = threads;
        for (Node node : graph.nodes()) {
            if (node.op() == Op.ARANGE
                    && usesOffset(node.attributes().dim("start").toString())) {
                positions.add(node.output());
            } else if (usesOffset(node.attributes().toString())) {
                throw Emission.unsupported(node, "sizes that depend on the place in the stream");
            }
        }
        weights = new PackedWeights(graph, threads);
        ProgramBuilder builder = new ProgramBuilder(graph, weights);
        Map<String, Long> scalars = graph.scalars().isEmpty() ? Map.of() : Map.of(StreamingGraphs.OFFSET, 0L);
        programs = new ProgramCache(key -> builder.build(shapes.apply(key), scalars, positions), PROGRAMS);
    }

    private static boolean usesOffset(String text) {
        return text.matches("(?s).*\\b" + StreamingGraphs.OFFSET + "\\b.*");
    }

    Graph graph() {
        return graph;
    }

    /**
     * Runs the graph.
     *
     * @param key of the shapes
     * @param firstPosition what positions count up from
     * @return the first {@code outputs} outputs, dense
     */
    List<float[]> run(long key, long firstPosition, int outputs, float[]... inputs) {
        ProgramCache.Entry entry = programs.take(key);
        Workspace space = take(entry.plan().arenaBytes());
        try {
            prepare(space, entry);
            Program plan = entry.plan();
            for (int i = 0; i < inputs.length; i++) {
                space.arena.write(plan.inputs().get(i).offset(), inputs[i]);
            }
            plan.taps().values().forEach(region -> space.arena.write(region.offset(), counted(firstPosition, region)));
            entry.program().run(space.pool, space.arena);
            List<float[]> read = new ArrayList<>(outputs);
            for (Program.Region region : plan.outputs().subList(0, outputs)) {
                float[] values = new float[Math.toIntExact(region.elements())];
                space.arena.read(region.offset(), values);
                read.add(values);
            }
            return read;
        } finally {
            programs.release(entry);
            synchronized (idle) {
                idle.push(space);
            }
        }
    }

    private static float[] counted(long from, Program.Region region) {
        float[] values = new float[Math.toIntExact(region.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + i;
        }
        return values;
    }

    private Workspace take(long bytes) {
        Workspace space;
        synchronized (idle) {
            space = idle.poll();
        }
        if (space == null) {
            return new Workspace(threads, bytes);
        }
        if (space.arena.bytes() < bytes) {
            space.arena.close();
            space.arena = Arena.of(bytes);
            space.prepared = null;
        }
        return space;
    }

    private static void prepare(Workspace space, ProgramCache.Entry entry) {
        if (space.prepared != entry) {
            entry.plan().constants().forEach(c -> space.arena.write(c.offset(), c.values()));
            space.prepared = entry;
        }
    }

    /** Frees everything but the graph; no run may be under way. */
    @Override
    public void close() {
        programs.close();
        synchronized (idle) {
            idle.forEach(Workspace::close);
            idle.clear();
        }
        weights.close();
    }
}
