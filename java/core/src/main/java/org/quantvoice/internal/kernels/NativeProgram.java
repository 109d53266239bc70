package org.quantvoice.internal.kernels;

import org.jspecify.annotations.Nullable;

/**
 * A list of steps for the native executor, in the words of {@code native/src/exec/step.h}, checked as a whole when it
 * is made: whatever the words are, a run writes to its arena and slots only. Immutable; any number of streams may run
 * it, each in an {@link Arena} of its own.
 */
public final class NativeProgram extends NativeHandle {
    private static final Arena[] NO_STATES = {};
    private static final long[] NO_OFFSETS = {};

    private final long arenaBytes;
    private final int steps;

    private NativeProgram(long arenaBytes, long address) {
        super("native program", address, Library::qv_flat_program_free);
        this.arenaBytes = arenaBytes;
        this.steps = Library.qv_flat_program_steps(address);
    }

    /**
     * @param words of all steps, one after the other
     * @param arenaBytes size of the arena that holds the steps' places
     * @param scratchBytes size of each thread's block-local scratch
     * @throws IllegalArgumentException if a step is malformed; the text names it
     */
    public static NativeProgram create(long[] words, long arenaBytes, long scratchBytes) {
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_program_create(words, words.length, arenaBytes, scratchBytes, handle));
        return new NativeProgram(arenaBytes, handle[0]);
    }

    /**
     * Creates a program that also reads and writes slots: memory that streams keep between runs.
     *
     * @param slotBytes size of each slot; a place in a slot is {@code (slot + 1 << 44) + offset}
     */
    public static NativeProgram create(long[] words, long arenaBytes, long scratchBytes, long[] slotBytes) {
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_program_create_slots(
                words, words.length, arenaBytes, scratchBytes, slotBytes, slotBytes.length, handle));
        return new NativeProgram(arenaBytes, handle[0]);
    }

    /** Returns the least size of an arena for this program, in bytes. */
    public long arenaBytes() {
        return arenaBytes;
    }

    public int steps() {
        return steps;
    }

    /** Returns the native memory in bytes that each thread of a pool keeps for this program, beside the arena. */
    public long threadBytes() {
        long address = acquire();
        try {
            return Library.qv_flat_program_thread_bytes(address);
        } finally {
            release();
        }
    }

    /**
     * Runs all steps; allocates no memory once the pool's threads hold {@link #threadBytes}.
     *
     * @throws IllegalStateException if this, the pool or the arena is closed
     * @throws IllegalArgumentException if the arena is too small, or a step looked up an index outside its table
     */
    public void run(KernelPool pool, Arena arena) {
        run(pool, arena, NO_STATES, NO_OFFSETS);
    }

    /**
     * Runs all steps of a program with slots.
     *
     * @param states the arena of each slot; the same arena may hold several
     * @param offsets of the slots in their arenas in bytes, multiples of 4
     * @throws IllegalStateException if anything is closed
     * @throws IllegalArgumentException if a slot leaves its arena
     */
    public void run(KernelPool pool, Arena arena, Arena[] states, long[] offsets) {
        run(pool, arena, states, offsets, null);
    }

    /** Runs all steps and returns the nanoseconds of wall-clock time that each took. */
    public long[] profile(KernelPool pool, Arena arena) {
        return profile(pool, arena, NO_STATES, NO_OFFSETS);
    }

    /** Runs as {@link #run(KernelPool, Arena, Arena[], long[])} does, and returns the nanoseconds of wall-clock time that each step took. */
    public long[] profile(KernelPool pool, Arena arena, Arena[] states, long[] offsets) {
        long[] nanos = new long[steps];
        run(pool, arena, states, offsets, nanos);
        return nanos;
    }

    private void run(KernelPool pool, Arena arena, Arena[] states, long[] offsets, long @Nullable [] nanos) {
        long[] handles = new long[states.length];
        int held = 0;
        long program = acquire();
        try {
            for (Arena state : states) {
                handles[held] = state.acquire();
                held++;
            }
            run(pool, arena, program, handles, offsets, nanos);
        } finally {
            for (int i = 0; i < held; i++) {
                states[i].release();
            }
            release();
        }
    }

    private static void run(
            KernelPool pool, Arena arena, long program, long[] states, long[] offsets, long @Nullable [] nanos) {
        long threads = pool.acquire();
        try {
            long memory = arena.acquire();
            try {
                Status.check(
                        Library.qv_flat_program_run(threads, program, memory, states, offsets, states.length, nanos));
            } finally {
                arena.release();
            }
        } finally {
            pool.release();
        }
    }
}
