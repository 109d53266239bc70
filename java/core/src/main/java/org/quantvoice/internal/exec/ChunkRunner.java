package org.quantvoice.internal.exec;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.program.ChunkGraph;
import org.quantvoice.internal.program.ChunkPlanner;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.StreamStacking;

/**
 * Encodes chunks of streams on the native executor, one or several in a run. Any number of runs may be under way,
 * each with its own working memory; the caches belong to the streams.
 */
public final class ChunkRunner implements AutoCloseable {
    /**
     * Number of programs kept: the ends of utterances have many shapes, and making a program takes longer than
     * running it.
     */
    private static final int PROGRAMS = 256;

    /** Score of a masked key: far below every real score, and finite. */
    private static final float MASKED = -1e30f;

    private static final int BITS = 24;
    private static final long LOW = (1L << BITS) - 1;

    private final PackedWeights weights;
    private final ProgramCache programs;
    private final Workspaces workspaces;

    /** Packs the weights of the chunk graph. */
    ChunkRunner(ChunkGraph chunks, int threads, KeptWeights.Part kept) {
        workspaces = new Workspaces(threads);
        weights = new PackedWeights(chunks.graph(), threads, kept);
        ChunkPlanner planner = new ChunkPlanner(chunks, weights);
        programs =
                new ProgramCache(key -> planner.plan(key & LOW, key >> BITS & LOW, (int) (key >> 2 * BITS)), PROGRAMS);
    }

    /** Native memory of the weights that were packed so far. */
    long weightBytes() {
        return weights.bytes();
    }

    /** Waits until all weights that programs asked for are packed. */
    void awaitWeights() {
        weights.await();
    }

    /**
     * Encodes chunks that can share a batch and adds their keys and frames to their streams' caches.
     *
     * @return encoder frames {@code [chunks, S, width]}
     */
    float[] run(List<Chunk> batch) {
        return placed(batch, ready -> {
            Program.Region out = ready.entry.plan().outputs().get(0);
            Workspaces.Workspace space = ready.space;
            ready.entry.program().run(space.pool(), space.arena(), ready.states, ready.offsets);
            float[] encoded = new float[Math.toIntExact(out.elements())];
            space.arena().read(out.offset(), encoded);
            batch.forEach(
                    // caches advance last, so that a run that failed may be repeated
                    chunk -> chunk.caches().advance(fresh(ready.entry.plan())));
            return encoded;
        });
    }

    /**
     * Returns the steps of a chunk with their times. The stream's next run overwrites what this run wrote to the
     * caches.
     */
    PlanListing profile(Chunk chunk, int repeats) {
        return placed(
                List.of(chunk),
                ready -> ready.space.profile(ready.entry, repeats, () -> ready.entry
                        .program()
                        .profile(ready.space.pool(), ready.space.arena(), ready.states, ready.offsets)));
    }

    /** Returns a program, its workspace, and the places of its streams' slots. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Ready(ProgramCache.Entry entry, Workspaces.Workspace space, Arena[] states, long[] offsets) {}

    /** Takes a program, writes its inputs, sets the places of its slots, and passes all of it to a function. */
    private <T> T placed(List<Chunk> batch, Function<Ready, T> use) {
        Chunk first = batch.get(0);
        long cached = first.caches().cached();
        ProgramCache.Entry entry = programs.take(((long) batch.size() << BITS | cached) << BITS | first.frames());
        try {
            return workspaces.use(entry, space -> use.apply(place(batch, cached, entry, space)));
        } finally {
            programs.release(entry);
        }
    }

    /** Returns the number of encoder frames that a chunk adds. */
    private static long fresh(Program plan) {
        return plan.outputs().get(0).dims()[2];
    }

    private static Ready place(List<Chunk> batch, long cached, ProgramCache.Entry entry, Workspaces.Workspace space) {
        Program plan = entry.plan();
        long fresh = fresh(plan);
        Arena[] states = new Arena[StreamStacking.SLOTS * batch.size()];
        long[] offsets = new long[states.length];
        for (int i = 0; i < batch.size(); i++) {
            Chunk chunk = batch.get(i);
            write(space.arena(), plan.inputs(), i, chunk, cached, fresh);
            ChunkCaches caches = chunk.caches();
            offsets[2 * i] = caches.keys().place(cached, fresh);
            states[2 * i] = caches.keys().arena();
            offsets[2 * i + 1] = caches.frames().place(caches.framesBefore(), fresh);
            states[2 * i + 1] = caches.frames().arena();
        }
        return new Ready(entry, space, states, offsets);
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

    /** Frees everything but the graph; no run may be under way. */
    @Override
    public void close() {
        programs.close();
        workspaces.close();
        weights.close();
    }
}
