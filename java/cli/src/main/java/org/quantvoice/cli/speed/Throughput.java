package org.quantvoice.cli.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.quantvoice.engine.AcousticModel;

/**
 * The throughput of several parallel callers of one model, compared with one caller.
 *
 * @param callers number of parallel callers
 * @param one seconds of audio per second with one caller, in its best round
 * @param together seconds of audio per second of all callers together, in their best round
 */
public record Throughput(int callers, double one, double together) {
    private static final int MOST_ROUNDS = 5;

    /**
     * Lets one caller and all callers run the model by turns, in up to 5 rounds, so that other load of the machine
     * affects both.
     *
     * @param audioSeconds how long the samples are
     * @param runs measured runs for each caller, 1 or more, divided among the rounds
     */
    public static Throughput measure(AcousticModel model, float[] samples, double audioSeconds, int callers, int runs) {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            seconds(threads, model, samples, callers, callers); // This run makes the workspaces of all callers.
            int rounds = Math.min(MOST_ROUNDS, runs);
            double one = 0;
            double together = 0;
            for (int round = 0; round < rounds; round++) {
                int each = runs * (round + 1) / rounds - runs * round / rounds;
                int all = Math.multiplyExact(each, callers);
                one = Math.max(one, each * audioSeconds / seconds(threads, model, samples, 1, each));
                together = Math.max(together, all * audioSeconds / seconds(threads, model, samples, callers, all));
            }
            return new Throughput(callers, one, together);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns the throughput of all callers divided by that of one. */
    public double ratio() {
        return together / one;
    }

    /**
     * Returns the seconds that the callers need for a number of runs. A caller takes the next run when it has finished
     * one.
     */
    private static double seconds(
            ExecutorService threads, AcousticModel model, float[] samples, int callers, int runs) {
        AtomicInteger left = new AtomicInteger(runs);
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> working = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            working.add(threads.submit(() -> {
                ready.countDown();
                go.await();
                while (left.getAndDecrement() > 0) {
                    model.run(samples);
                }
                return null;
            }));
        }
        try {
            ready.await();
            long start = System.nanoTime();
            go.countDown();
            for (Future<?> one : working) {
                one.get();
            }
            return (System.nanoTime() - start) / 1e9;
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while callers were measured", e);
        }
    }

    /** Returns the failure of a caller, to be thrown in the thread that waits for it. */
    private static RuntimeException failure(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
}
