package org.quantvoice.internal.tasks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Processes items with several threads and returns the results in the order of the items. Items are taken as results
 * are requested: at most two items for each thread are begun and not yet returned, so that endless input takes
 * bounded memory.
 */
public final class OrderedTasks<I, R> implements Iterator<R>, AutoCloseable {
    private static final int BEGUN_A_THREAD = 2;

    private final Iterator<? extends I> items;
    private final Function<? super I, ? extends R> work;
    private final int most;
    private final ExecutorService threads;
    private final Deque<Future<R>> begun = new ArrayDeque<>();

    private OrderedTasks(Iterator<? extends I> items, Function<? super I, ? extends R> work, int workers) {
        this.items = items;
        this.work = work;
        this.most = workers * BEGUN_A_THREAD;
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, "quantvoice-recording-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Returns the results as a stream that must be closed; closing interrupts the tasks under way and waits for them.
     *
     * @param items used by the caller's thread only
     * @param work called by any thread; an exception is thrown by the stream at the item's place and ends the stream
     * @param workers number of threads, 1 or more
     */
    public static <I, R> Stream<R> stream(
            Iterator<? extends I> items, Function<? super I, ? extends R> work, int workers) {
        OrderedTasks<I, R> tasks = new OrderedTasks<>(items, work, workers);
        return StreamSupport.<R>stream(Spliterators.spliteratorUnknownSize(tasks, Spliterator.ORDERED), false)
                .onClose(tasks::close);
    }

    @Override
    public boolean hasNext() {
        return !begun.isEmpty() || items.hasNext();
    }

    @Override
    public R next() {
        while (begun.size() < most && items.hasNext()) {
            I item = items.next();
            begun.add(threads.submit(() -> work.apply(item)));
        }
        if (begun.isEmpty()) {
            throw new NoSuchElementException();
        }
        return await(begun.remove());
    }

    private R await(Future<R> future) {
        try {
            if (Thread.interrupted()) { // if the result is there already, get() does not check for an interrupt
                throw new InterruptedException();
            }
            return future.get();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw Cancellation.interrupted("waiting for the next result", e);
        } catch (ExecutionException e) {
            close();
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        begun.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
