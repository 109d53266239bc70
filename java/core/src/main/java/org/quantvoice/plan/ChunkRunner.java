package org.quantvoice.plan;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.quantvoice.kernels.Arena;
import org.quantvoice.kernels.KernelPool;

/**
 * Encodes chunks of streams on the native executor, one or several in a run. Any number of runs may be under way, each with
 * working memory of its own; streams bring their caches.
 */
final class ChunkRunner implements AutoCloseable {
    /** Ends of utterances have many shapes, and a program takes longer to make than to run. */
    private static final int PROGRAMS = 256;

    /** Far below every score, and finite. */
    private static final float MASKED = -1e30f;

    private static final int BITS = 24;
    private static final long LOW = (1L << BITS) - 1;

    private final int threads;
    private final PackedWeights weights;
    private final ProgramCache programs;
    private final Deque<Workspace> idle = new ArrayDeque<>();

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

    /** Packs the weights. */
    ChunkRunner(ChunkGraph chunks, int threads) {
        this.threads = threads;
        weights = new PackedWeights(chunks.graph(), threads);
        ChunkPlanner planner = new ChunkPlanner(chunks, weights);
        programs =
                new ProgramCache(key -> planner.plan(key & LOW, key >> BITS & LOW, (int) (key >> 2 * BITS)), PROGRAMS);
    }

    /**
     * Encodes chunks that go with each other and puts what they add into their streams' caches.
     *
     * @return encoder frames {@code [chunks, S, width]}
     */
    float[] run(List<Chunk> batch) {
        Chunk first = batch.get(0);
        long cached = first.caches().cached();
        ProgramCache.Entry entry = programs.take(((long) batch.size() << BITS | cached) << BITS | first.frames());
        Workspace space = take(entry.plan().arenaBytes());
        try {
            return run(batch, cached, entry, space);
        } finally {
            programs.release(entry);
            synchronized (idle) {
                idle.push(space);
            }
        }
    }

    private static float[] run(List<Chunk> batch, long cached, ProgramCache.Entry entry, Workspace space) {
        Program plan = entry.plan();
        prepare(space, entry);
        Program.Region out = plan.outputs().get(0);
        long fresh = out.dims()[2];
        Arena[] states = new Arena[StreamStacking.SLOTS * batch.size()];
        long[] offsets = new long[states.length];
        for (int i = 0; i < batch.size(); i++) {
            Chunk chunk = batch.get(i);
            write(space.arena, plan.inputs(), i, chunk, cached, fresh);
            ChunkCaches caches = chunk.caches();
            offsets[2 * i] = caches.keys().place(cached, fresh);
            states[2 * i] = caches.keys().arena();
            offsets[2 * i + 1] = caches.frames().place(caches.framesBefore(), fresh);
            states[2 * i + 1] = caches.frames().arena();
        }
        entry.program().run(space.pool, space.arena, states, offsets);
        batch.forEach(chunk -> chunk.caches().advance(fresh));
        float[] encoded = new float[Math.toIntExact(out.elements())];
        space.arena.read(out.offset(), encoded);
        return encoded;
    }

    private static void write(
            Arena arena, List<Program.Region> inputs, int index, Chunk chunk, long cached, long fresh) {
        put(arena, inputs.get(0), index, chunk.features());
        float[] mask = new float[(int) (cached + fresh)];
        Arrays.fill(mask, 0, (int) (cached - Math.min(cached, chunk.caches().known())), MASKED);
        put(arena, inputs.get(1), index, mask);
        for (Program.Region region : inputs.subList(2, inputs.size())) {
            float[] counted = new float[(int) region.dims()[1]];
            for (int i = 0; i < counted.length; i++) {
                counted[i] = chunk.caches().offset() + i;
            }
            put(arena, region, index, counted);
        }
    }

    /** Writes one stream's part of an input, {@code [streams, ..]}. */
    private static void put(Arena arena, Program.Region region, int index, float[] values) {
        arena.write(region.offset() + (long) index * values.length * Float.BYTES, values);
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
