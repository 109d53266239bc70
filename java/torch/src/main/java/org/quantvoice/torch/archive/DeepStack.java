package org.quantvoice.torch.archive;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs what recurses in native code, where an overflow of the stack would end the process, on a stack that is large enough. */
public final class DeepStack {
    /** Address space; of memory only what is used. */
    private static final long BYTES = 64L << 20;

    private DeepStack() {}

    /**
     * Runs work on a thread of its own and waits for it, through interrupts, which are seen afterwards. What the work throws is
     * thrown on.
     */
    public static <T> T call(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(null, task, "quantvoice-load", BYTES);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                return task.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw unchecked(requireNonNull(e.getCause()));
            } finally {
                if (interrupted && task.isDone()) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }
}
