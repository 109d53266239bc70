package org.quantvoice.server.live;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the clients that hold a place and send no audio. Only samples count, because pings, empty messages, messages
 * that arrive byte by byte, or a single sample now and then would keep a place for ever. One thread watches all
 * clients.
 */
public final class IdleWatch implements AutoCloseable {
    /** The least share of the time that audio must cover; a client that sends less counts as idle. */
    private static final double LEAST_SHARE = 0.01;

    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer;

    public IdleWatch(Duration limit) {
        this.limit = limit;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "idle-clients");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Returns the seconds without audio after which a client is dropped. */
    double seconds() {
        return limit.toNanos() / 1e9;
    }

    /**
     * Watches a client from now on.
     *
     * @param idle called once, on the watch's thread, when the client has sent no audio for that time; it must not wait
     */
    Client client(Runnable idle) {
        return new Client(idle);
    }

    /** A watched client. Any thread may call its methods. */
    final class Client implements AutoCloseable {
        private final Runnable idle;
        private long since = System.nanoTime();
        private double audio;
        private @Nullable Future<?> next;
        private boolean closed;

        private Client(Runnable idle) {
            this.idle = idle;
            plan(limit.toNanos());
        }

        /** Adds seconds of audio that the client has sent. */
        synchronized void heard(double seconds) {
            audio += seconds;
            if (audio >= LEAST_SHARE * seconds()) {
                audio = 0;
                since = System.nanoTime();
            }
        }

        private synchronized void plan(long nanos) {
            if (!closed) {
                try {
                    next = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
                } catch (RejectedExecutionException e) {
                    closed = true; // the server stops, and closes its clients itself
                }
            }
        }

        private void look() {
            long left = left();
            if (left > 0) {
                plan(left);
            } else {
                idle.run();
            }
        }

        private synchronized long left() {
            return closed ? Long.MAX_VALUE / 2 : limit.toNanos() - (System.nanoTime() - since);
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (next != null) {
                next.cancel(false);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
