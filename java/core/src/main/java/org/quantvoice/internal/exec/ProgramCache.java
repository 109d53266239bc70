package org.quantvoice.internal.exec;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.program.Program;

/**
 * A cache of the programs for the input lengths used last. Thread-safe; an evicted entry is freed when its last user
 * is done.
 */
public final class ProgramCache implements AutoCloseable {
    private static final int USUAL_SIZE = 32;

    /** A program and the native object that runs it. */
    static final class Entry implements AutoCloseable {
        private final Program plan;
        private final NativeProgram program;
        private final @Nullable NativeProgram prologue;
        private final long bytes;
        private int users;
        private boolean dropped;

        Entry(Program plan) {
            this(plan, 0);
        }

        /** @param owned bytes of native constants that only this program holds */
        Entry(Program plan, long owned) {
            this.plan = plan;
            this.bytes = owned + bytes(plan);
            this.program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes(), plan.slotBytes());
            try {
                long[] first = plan.prologue().words();
                this.prologue = plan.prologue().isEmpty()
                        ? null
                        : NativeProgram.create(first, plan.arenaBytes(), plan.scratchBytes(), plan.slotBytes());
            } catch (RuntimeException | Error e) {
                program.close();
                throw e;
            }
        }

        private static long bytes(Program plan) {
            long words = 2L
                    * Long.BYTES
                    * (plan.words().length + plan.prologue().words().length); // here, and in native memory
            return words
                    + plan.constants().stream()
                            .mapToLong(c -> (long) Float.BYTES * c.values().length)
                            .sum();
        }

        /** Writes into an arena what the program's runs find there: its constants, and what depends on sizes alone. */
        void prepare(KernelPool pool, Arena arena) {
            plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
            if (prologue != null) {
                prologue.run(pool, arena);
            }
        }

        Program plan() {
            return plan;
        }

        NativeProgram program() {
            return program;
        }

        /** Frees the native objects of an entry that no cache holds. */
        @Override
        public void close() {
            program.close();
            if (prologue != null) {
                prologue.close();
            }
        }
    }

    private final LongFunction<Entry> maker;
    private final Map<Long, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private final int size;
    private final long mostBytes;

    ProgramCache(LongFunction<Program> planner) {
        this(planner, USUAL_SIZE);
    }

    /** @param size number of programs kept, 1 or more */
    ProgramCache(LongFunction<Program> planner, int size) {
        this(size, Long.MAX_VALUE, key -> new Entry(planner.apply(key)));
    }

    /**
     * @param size number of programs kept, 1 or more
     * @param mostBytes of programs and what they alone hold; the one used last is kept however large it is
     */
    ProgramCache(int size, long mostBytes, LongFunction<Entry> maker) {
        this.maker = maker;
        this.size = size;
        this.mostBytes = mostBytes;
    }

    /**
     * Returns the program for a length; {@link #release} must follow. Two threads that miss at the same time both
     * plan, and one result is kept.
     */
    Entry take(long samples) {
        Entry known = known(samples);
        if (known != null) {
            return known;
        }
        Entry made = Soundness.check("a program for input of size " + samples, () -> maker.apply(samples));
        synchronized (entries) {
            made.users++;
            Entry other = entries.put(samples, made);
            if (other != null) {
                drop(other);
            }
            dropEldest();
        }
        return made;
    }

    /** Returns the program for a length if it is here, and {@link #release} must follow; else null. */
    @Nullable
    Entry known(long samples) {
        synchronized (entries) {
            Entry known = entries.get(samples);
            if (known != null) {
                known.users++;
            }
            return known;
        }
    }

    /** Drops the programs that were not used for longest, until the others are within both bounds. */
    private void dropEldest() {
        long bytes = entries.values().stream().mapToLong(e -> e.bytes).sum();
        Iterator<Entry> eldest = entries.values().iterator();
        while (entries.size() > 1 && (entries.size() > size || bytes > mostBytes)) {
            Entry dropped = eldest.next();
            bytes -= dropped.bytes;
            drop(dropped);
            eldest.remove();
        }
    }

    /** Returns the number of programs that are here. */
    int count() {
        synchronized (entries) {
            return entries.size();
        }
    }

    void release(Entry entry) {
        synchronized (entries) {
            entry.users--;
            if (entry.dropped && entry.users == 0) {
                entry.close();
            }
        }
    }

    private static void drop(Entry entry) {
        entry.dropped = true;
        if (entry.users == 0) {
            entry.close();
        }
    }

    @Override
    public void close() {
        synchronized (entries) {
            entries.values().forEach(ProgramCache::drop);
            entries.clear();
        }
    }
}
