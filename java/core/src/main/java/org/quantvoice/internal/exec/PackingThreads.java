package org.quantvoice.internal.exec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Threads that pack weights while a program is planned; they end by themselves soon after the last matrix is packed.
 */
public final class PackingThreads implements AutoCloseable {
    /**
     * Usual size of a staging buffer in bytes: it holds most matrices of the largest models, so that few buffers must
     * be replaced by larger ones.
     */
    private static final int USUAL = 4 << 20;

    private final ThreadPoolExecutor executor;
    /** One staging buffer for each thread serves all its matrices, because direct buffers are freed late. */
    private final ThreadLocal<ByteBuffer> staging = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

    private final boolean ahead;
    /** The packings that can be forgotten, which are those that were not done ahead. */
    private final List<Packing> packings = new ArrayList<>();

    /** @param ahead whether matrices are packed as soon as they are known, and not when their address is first asked for */
    PackingThreads(int threads, boolean ahead) {
        this.ahead = ahead;
        executor = new ThreadPoolExecutor(
                threads, threads, 100, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), PackingThreads::daemon);
        executor.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "quantvoice-pack");
        thread.setDaemon(true);
        return thread;
    }

    /** Returns whether the work for a matrix begins when it is known. */
    synchronized boolean startsAhead(Packing packing) {
        if (!ahead) {
            packings.add(packing);
        }
        return ahead;
    }

    /** Forgets matrices that were not packed ahead: they are packed again when they are asked for again. */
    synchronized void forget() {
        packings.forEach(Packing::forget);
    }

    /** Begins a piece of work; one that waits when the threads are closed is never done. */
    <T> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, executor);
    }

    /** Waits for a task; an exception in it is thrown here. */
    static <T> T join(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Returns a buffer of the calling thread in which values are arranged for packing. */
    ByteBuffer staging(int bytes) {
        if (staging.get().capacity() < bytes) {
            staging.set(ByteBuffer.allocateDirect(Math.max(bytes, USUAL)));
        }
        return staging.get().clear().limit(bytes);
    }

    /** Waits for running tasks; tasks that still wait are never begun. */
    @Override
    public void close() {
        executor.shutdownNow();
        boolean ended = false;
        boolean interrupted = false;
        while (!ended) {
            try {
                ended = executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
