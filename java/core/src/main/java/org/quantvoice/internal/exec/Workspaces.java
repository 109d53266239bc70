package org.quantvoice.internal.exec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;

/** Working memory and kernel threads for runs of one model's programs, used again by later runs. Thread-safe. */
public final class Workspaces implements AutoCloseable {

    /** What one run at a time needs. */
    static final class Workspace {
        private final KernelPool pool;
        private Arena arena;
        private ProgramCache.Entry prepared;

        private Workspace(int threads, long bytes) {
            pool = KernelPool.of(threads);
            arena = Arena.of(bytes);
        }

        KernelPool pool() {
            return pool;
        }

        Arena arena() {
            return arena;
        }

        /** The steps of a program with the shortest times of some runs, and what the threads reach at most. */
        PlanListing profile(ProgramCache.Entry entry, int repeats, Supplier<long[]> run) {
            PlanListing listing = PlanListing.of(entry.plan());
            for (int i = 0; i < repeats; i++) {
                listing = listing.withTimes(run.get());
            }
            return listing.with(
                    List.of(), IntStream.range(0, 3).mapToObj(pool::peakGops).toList());
        }

        /** Memory that is large enough and holds the program's constants. */
        private void prepare(ProgramCache.Entry entry) {
            if (arena.bytes() < entry.plan().arenaBytes()) {
                arena.close();
                prepared = null;
                arena = Arena.of(entry.plan().arenaBytes());
            }
            if (prepared != entry) {
                entry.plan().constants().forEach(c -> arena.write(c.offset(), c.values()));
                prepared = entry;
            }
        }

        private void close() {
            arena.close();
            pool.close();
        }
    }

    private final int threads;
    private final Deque<Workspace> idle = new ArrayDeque<>();

    Workspaces(int threads) {
        this.threads = threads;
    }

    /** A workspace for a run of a program; {@link #give} must follow. */
    Workspace take(ProgramCache.Entry entry) {
        Workspace space;
        synchronized (idle) {
            space = idle.poll();
        }
        if (space == null) {
            space = new Workspace(threads, entry.plan().arenaBytes());
        }
        try {
            space.prepare(entry);
        } catch (RuntimeException | Error e) {
            space.close();
            throw e;
        }
        return space;
    }

    void give(Workspace space) {
        synchronized (idle) {
            idle.push(space);
        }
    }

    /** Frees what is idle; no run may be under way. */
    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(Workspace::close);
            idle.clear();
        }
    }
}
