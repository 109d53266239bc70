package org.quantvoice.internal.live;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.stream.StreamEvent;

/**
 * Passes events to listeners on the stream's thread, and to subscribers on other threads. Closing never waits for a
 * subscriber: a publisher that waits in {@code submit} could not even be closed, so this class itself waits until
 * subscribers have room.
 */
final class EventOutlet {
    /** Milliseconds between two looks for room: subscribers take events without a signal to the waiting thread. */
    private static final long LOOK_EVERY_MILLIS = 5;

    private final List<Consumer<? super StreamEvent>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable SubmissionPublisher<StreamEvent> publisher;
    private @Nullable Throwable failure;
    private boolean closed;

    void add(Consumer<? super StreamEvent> listener) {
        listeners.add(listener);
    }

    synchronized Flow.Publisher<StreamEvent> publisher() {
        if (publisher == null) {
            publisher = new SubmissionPublisher<>();
            if (closed) {
                end(publisher);
            }
        }
        return publisher;
    }

    /**
     * Publishes an event. A final event reaches every subscriber even if the stream must wait; nothing is published
     * once the outlet is closed.
     */
    void tell(StreamEvent event) {
        if (isClosed()) {
            return;
        }
        listeners.forEach(listener -> listener.accept(event));
        SubmissionPublisher<StreamEvent> open = current();
        if (open == null) {
            return;
        }
        if (event instanceof StreamEvent.Final) {
            awaitRoom(open);
        }
        offer(open, event);
    }

    /**
     * Offers an event to subscribers. Only this thread adds events, so the room that was seen is still there. A
     * partial may be dropped, because the next one repeats all of it.
     */
    private synchronized void offer(SubmissionPublisher<StreamEvent> to, StreamEvent event) {
        if (!closed) {
            to.offer(event, null);
        }
    }

    private void awaitRoom(SubmissionPublisher<StreamEvent> open) {
        boolean interrupted = false;
        while (!hasRoom(open)) {
            try {
                ForkJoinPool.managedBlock(new Room(open)); // subscribers may need a thread of this thread's pool
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean hasRoom(SubmissionPublisher<StreamEvent> open) {
        return closed || open.estimateMaximumLag() < open.getMaxBufferCapacity();
    }

    private final class Room implements ForkJoinPool.ManagedBlocker {
        private final SubmissionPublisher<StreamEvent> open;

        Room(SubmissionPublisher<StreamEvent> open) {
            this.open = open;
        }

        @Override
        public boolean block() throws InterruptedException {
            synchronized (EventOutlet.this) {
                if (!hasRoom(open)) {
                    EventOutlet.this.wait(LOOK_EVERY_MILLIS);
                }
            }
            return hasRoom(open);
        }

        @Override
        public boolean isReleasable() {
            return hasRoom(open);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized @Nullable SubmissionPublisher<StreamEvent> current() {
        return closed ? null : publisher;
    }

    void close() {
        close(null);
    }

    /** Ends the events with an error, unless they have ended already. */
    void fail(Throwable cause) {
        close(cause);
    }

    private synchronized void close(@Nullable Throwable cause) {
        if (closed) {
            return;
        }
        closed = true;
        failure = cause;
        if (publisher != null) {
            end(publisher);
        }
        notifyAll();
    }

    private void end(SubmissionPublisher<StreamEvent> open) {
        if (failure == null) {
            open.close();
        } else {
            open.closeExceptionally(failure);
        }
    }
}
