package org.quantvoice.server.load;

import java.util.concurrent.atomic.AtomicBoolean;

/** The place of one live stream. Closing again, from any thread, does nothing. */
public final class StreamPlace implements AutoCloseable {
    private final Admission admission;
    private final String client;
    private final AtomicBoolean open = new AtomicBoolean(true);

    StreamPlace(Admission admission, String client) {
        this.admission = admission;
        this.client = client;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            admission.leaveLive(client);
        }
    }
}
