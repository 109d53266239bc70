package org.quantvoice.stream;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands events to listeners on the stream's thread, and to subscribers on others. */
final class EventOutlet {
    private final List<Consumer<? super StreamEvent>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable SubmissionPublisher<StreamEvent> publisher;
    private boolean closed;

    void add(Consumer<? super StreamEvent> listener) {
        listeners.add(listener);
    }

    synchronized Flow.Publisher<StreamEvent> publisher() {
        if (publisher == null) {
            publisher = new SubmissionPublisher<>();
            if (closed) {
                publisher.close();
            }
        }
        return publisher;
    }

    void tell(StreamEvent event) {
        listeners.forEach(listener -> listener.accept(event));
        SubmissionPublisher<StreamEvent> open = current();
        if (open == null) {
            return;
        }
        if (event instanceof StreamEvent.Final) {
            open.submit(event);
        } else {
            open.offer(event, null); // the next partial says it all again
        }
    }

    private synchronized @Nullable SubmissionPublisher<StreamEvent> current() {
        return closed ? null : publisher;
    }

    synchronized void close() {
        closed = true;
        if (publisher != null) {
            publisher.close();
        }
    }
}
