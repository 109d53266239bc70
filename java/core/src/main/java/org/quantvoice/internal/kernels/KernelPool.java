package org.quantvoice.internal.kernels;

/**
 * Threads for the kernels: the calling thread and {@code threads - 1} workers that sleep when there is nothing to do.
 * Callers on several threads take turns.
 */
public final class KernelPool extends NativeHandle {
    /** The largest number of threads of one pool. */
    public static final int MOST_THREADS = 256;

    private final int threads;

    private KernelPool(int threads, long address) {
        super("kernel pool", address, Library::qv_flat_pool_free);
        this.threads = threads;
    }

    /**
     * @param threads 1 to {@link #MOST_THREADS}
     * @throws org.quantvoice.error.EngineException if there is no native library, or the system refuses threads
     */
    public static KernelPool of(int threads) {
        Kernels.start();
        long[] handle = new long[1];
        Status.check(Library.qv_flat_pool_create(threads, handle));
        Kernels.announce(threads);
        return new KernelPool(threads, handle[0]);
    }

    public int threads() {
        return threads;
    }

    /**
     * Measures the peak speed of the pool's threads with operands in registers, in billions of operations a second (a
     * multiplication and an addition are two). This takes some milliseconds.
     *
     * @param numbers 0 int8, 1 bfloat16, 2 float
     * @return 0 if the CPU lacks the instructions that are measured
     */
    public double peakGops(int numbers) {
        long address = acquire();
        try {
            return Library.qv_flat_peak_gops(address, numbers);
        } finally {
            release();
        }
    }
}
