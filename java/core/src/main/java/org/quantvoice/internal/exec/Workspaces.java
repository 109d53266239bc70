package org.quantvoice.internal.exec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.PhysicalCores;
import org.quantvoice.internal.program.Program;

/**
 * Working memory and kernel threads for runs of one model's programs, used again by later runs. Thread-safe.
 *
 * <p>Callers run side by side as long as cores are left, and wait in order of arrival when none is. A caller that is
 * alone gets all the threads that the model was opened with; callers that compete get fewer each, down to one,
 * because a run on each core ends sooner than runs that are split over the cores one after the other. The number of
 * threads never changes a result.
 */
public final class Workspaces implements AutoCloseable {

    /** Working memory and threads of one run at a time. */
    static final class Workspace {
        private final KernelPool pool;
        private Arena arena;
        private ProgramCache.@Nullable Entry prepared;

        private Workspace(int threads, long bytes) {
            pool = KernelPool.of(threads);
            try {
                arena = Arena.of(bytes);
            } catch (RuntimeException | Error e) {
                pool.close();
                throw e;
            }
        }

        KernelPool pool() {
            return pool;
        }

        Arena arena() {
            return arena;
        }

        /** Runs a program whose first output is log-probs, with the tokens as its last axis. */
        LogProbs logProbs(ProgramCache.Entry entry) {
            entry.program().run(pool, arena);
            Program.Region out = entry.plan().outputs().get(0);
            int vocabulary = Math.toIntExact(out.dims()[out.dims().length - 1]);
            float[] values = arena.read(out.offset(), out.elements());
            return new LogProbs(values, values.length / vocabulary, vocabulary);
        }

        /** Returns the steps of a program with the shortest times of some runs, and the peak speed of the threads. */
        PlanListing profile(ProgramCache.Entry entry, int repeats, Supplier<long[]> run) {
            PlanListing listing = PlanListing.of(entry.plan());
            for (int i = 0; i < repeats; i++) {
                listing = listing.withTimes(run.get());
            }
            return listing.with(
                    List.of(), IntStream.range(0, 3).mapToObj(pool::peakGops).toList());
        }

        /** Makes sure that the memory is large enough and holds what the program finds there. */
        private void prepare(ProgramCache.Entry entry) {
            if (arena.bytes() < entry.plan().arenaBytes()) {
                arena.close();
                prepared = null;
                arena = Arena.of(entry.plan().arenaBytes());
            }
            if (prepared != entry) {
                prepared = null;
                entry.prepare(pool, arena);
                prepared = entry;
            }
        }

        private void close() {
            arena.close();
            pool.close();
        }
    }

    /** A waiting caller, and its share of the threads once it has one. */
    private static final class Ticket {
        private final Condition turn;
        private int share;

        private Ticket(Condition turn) {
            this.turn = turn;
        }
    }

    private final int threads;
    private final int cores;
    private final Deque<Workspace> idle = new ArrayDeque<>();
    private final Deque<Ticket> queue = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private int busyThreads;
    private int running;

    Workspaces(int threads) {
        this(threads, Math.max(threads, PhysicalCores.count()));
    }

    /**
     * @param threads number of threads of a run whose caller is alone
     * @param cores number of threads of all runs together at most, {@code threads} or more
     */
    Workspaces(int threads, int cores) {
        this.threads = threads;
        this.cores = cores;
    }

    /**
     * Uses a workspace for a run of a program; waits until a core is free.
     *
     * @param inputs the program's first ones, which it finds in the workspace
     */
    <T> T use(ProgramCache.Entry entry, Function<Workspace, T> work, float[]... inputs) {
        Workspace space = take(entry);
        try {
            for (int i = 0; i < inputs.length; i++) {
                space.arena().write(entry.plan().inputs().get(i).offset(), inputs[i]);
            }
            return work.apply(space);
        } finally {
            give(space);
        }
    }

    /** Returns a workspace for a run of a program; waits until a core is free. {@link #give} must follow. */
    Workspace take(ProgramCache.Entry entry) {
        List<Workspace> needless = new ArrayList<>();
        int share = admit();
        Workspace space = null;
        try {
            space = idle(share, needless);
            needless.forEach(Workspace::close);
            if (space == null) {
                space = new Workspace(share, entry.plan().arenaBytes());
            }
            space.prepare(entry);
            return space;
        } catch (RuntimeException | Error e) {
            if (space != null) {
                space.close();
            }
            leave(share);
            throw e;
        }
    }

    /**
     * Waits for a turn and returns the share of the threads. An interrupt is kept for the caller, since a run cannot
     * be left half-done.
     */
    private int admit() {
        lock.lock();
        try {
            Ticket ticket = new Ticket(lock.newCondition());
            queue.add(ticket);
            grant();
            while (ticket.share == 0) {
                ticket.turn.awaitUninterruptibly();
            }
            return ticket.share;
        } finally {
            lock.unlock();
        }
    }

    /** Gives free cores to the callers that have waited longest, and wakes nobody else. */
    private void grant() {
        while (!queue.isEmpty() && busyThreads < cores) {
            int share = Math.min(cores - busyThreads, Math.max(1, threads / (running + queue.size())));
            Ticket first = queue.remove();
            busyThreads += share;
            running++;
            first.share = share;
            first.turn.signal();
        }
    }

    private void leave(int share) {
        lock.lock();
        try {
            busyThreads -= share;
            running--;
            grant();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns an idle workspace of {@code share} threads, or null. Idle workspaces for which the limit has no room
     * beside a new one are added to {@code needless}, to be closed, so that all together never hold more threads than
     * twice the cores.
     */
    private @Nullable Workspace idle(int share, List<Workspace> needless) {
        lock.lock();
        try {
            return known(share, needless);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Workspace known(int share, List<Workspace> needless) {
        for (Workspace space : idle) {
            if (space.pool().threads() == share) {
                idle.remove(space);
                return space;
            }
        }
        int kept = idle.stream().mapToInt(s -> s.pool().threads()).sum();
        while (!idle.isEmpty() && kept + share > cores) {
            Workspace oldest = idle.removeLast();
            kept -= oldest.pool().threads();
            needless.add(oldest);
        }
        return null;
    }

    void give(Workspace space) {
        lock.lock();
        try {
            idle.push(space);
            leave(space.pool().threads());
        } finally {
            lock.unlock();
        }
    }

    /** Frees the idle workspaces; no run may be under way. */
    @Override
    public void close() {
        lock.lock();
        try {
            idle.forEach(Workspace::close);
            idle.clear();
        } finally {
            lock.unlock();
        }
    }
}
