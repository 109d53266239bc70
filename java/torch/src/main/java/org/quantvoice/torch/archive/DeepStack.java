package org.quantvoice.torch.archive;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs native code that recurses deeply on a thread with a large stack, because an overflow of the native stack would
 * end the process.
 */
public final class DeepStack {
    /** Size of the stack in bytes. It reserves address space; memory is taken only for what is used. */
    private static final long BYTES = 64L << 20;

    private DeepStack() {}

    /**
     * Runs work on a thread of its own and waits for it. An interrupt does not end the wait; the flag is set again
     * afterwards. An exception of the work is rethrown.
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
