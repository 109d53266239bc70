package org.quantvoice.internal.longform;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.tasks.Cancellation;

/** Runs a model on windows in its own threads, several at a time. */
final class Encoders implements AutoCloseable {
    private final Function<float[], LogProbs> model;
    private final ExecutorService threads;

    Encoders(Function<float[], LogProbs> model, int parallel) {
        this.model = model;
        threads = Executors.newFixedThreadPool(parallel, task -> {
            Thread thread = new Thread(task, "window");
            thread.setDaemon(true);
            return thread;
        });
    }

    Future<LogProbs> submit(float[] samples) {
        return threads.submit(() -> model.apply(samples));
    }

    static LogProbs get(Future<LogProbs> encoded) {
        try {
            return encoded.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Cancellation.interrupted("hearing a recording", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Waits for runs that are under way, and drops those that have not begun. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
