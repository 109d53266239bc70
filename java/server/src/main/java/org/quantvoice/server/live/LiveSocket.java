package org.quantvoice.server.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.server.load.Overload;
import org.quantvoice.server.load.StreamPlace;
import org.quantvoice.stream.StreamEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live client of any protocol, with its place and its speech. Jetty delivers one message at a time, and requires
 * that the classes are public.
 */
public abstract class LiveSocket implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSocket.class);
    private static final long SLOWEST_READER_SECONDS = 10;

    private final LiveService service;
    private final String client;
    private final long maxTextBytes;
    private @Nullable StreamPlace place;
    private volatile IdleWatch.@Nullable Client watch;
    /** True if the server has closed the connection, so that further messages are ignored. */
    private volatile boolean ended;

    private @Nullable Session session;
    private volatile @Nullable Speech speech;
    private volatile boolean gone;

    /**
     * @param client the key or address that the client counts for
     * @param maxTextBytes of the longest text message of the protocol
     */
    protected LiveSocket(LiveService service, String client, long maxTextBytes) {
        this.service = service;
        this.client = client;
        this.maxTextBytes = maxTextBytes;
    }

    /** Called when the client has its place. */
    protected void opened() throws IOException {}

    /** Handles a text message. */
    protected abstract void text(String text) throws IOException;

    /** Handles a binary message. */
    protected abstract void binary(ByteBuffer bytes) throws IOException;

    /** Returns the error message of the protocol for a mistake of the client. */
    protected abstract String error(String got, String expected, String cure);

    @Override
    public final void onWebSocketOpen(Session opened) {
        session = opened;
        opened.setMaxTextMessageSize(maxTextBytes);
        try {
            place = service.admission().enterLive(client);
        } catch (Overload e) {
            refuse(e);
            demand();
            return;
        }
        watch = service.idle().client(this::idle);
        guarded(this::opened);
    }

    /**
     * Drops a client that sends no audio. Its place is free at once; if it does not read the goodbye, Jetty's own limit
     * cuts it off.
     */
    private void idle() {
        LOG.info("client {} dropped: no audio for {} s", name(), service.idle().seconds());
        leave();
        Session open = session;
        ended = true;
        if (open != null) {
            open.close(
                    StatusCode.SHUTDOWN,
                    "no audio for " + service.idle().seconds() + " s",
                    Callback.from(open::disconnect, lost -> open.disconnect()));
        }
    }

    private void leave() {
        gone();
        IdleWatch.Client running = watch;
        if (running != null) {
            running.close();
        }
        if (place != null) {
            place.close();
        }
    }

    private void refuse(Overload full) {
        LOG.warn("client {} refused: {}", name(), full.getMessage());
        service.metrics().refused(full.reason().code());
        try {
            send(error("one client too many", "a free place", full.getMessage()));
        } catch (IOException e) {
            LOG.info("client {} is gone: {}", name(), e.getMessage());
        }
        boolean stops = full.reason() == Overload.Reason.STOPPING;
        end(stops ? StatusCode.SHUTDOWN : StatusCode.TRY_AGAIN_LATER, stops ? "the server stops" : "too many clients");
    }

    @Override
    public final void onWebSocketText(String text) {
        guarded(() -> {
            if (!ended) {
                text(text);
            }
        });
    }

    @Override
    public final void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        guarded(() -> {
            try {
                if (!ended) {
                    binary(payload);
                }
            } finally {
                callback.succeed(); // called before the demand, because Jetty wants its buffer back first
            }
        });
    }

    /** Opens a speech of the client, and drops an earlier one. */
    protected final Speech open(Speech.Wish wish, Consumer<? super StreamEvent> listener) {
        drop();
        Speech opened = Speech.open(service, wish, listener, this::heard);
        speech = opened;
        if (gone) { // the client left while the stream was opened
            opened.close();
        }
        return opened;
    }

    private void heard(double seconds) {
        IdleWatch.Client running = watch;
        if (running != null) {
            running.heard(seconds);
        }
    }

    /** Returns the speech that was opened last, or null if there is none or it was dropped. */
    protected final @Nullable Speech speech() {
        return speech;
    }

    /** Closes the speech without a result. */
    protected final void drop() {
        Speech open = speech;
        speech = null;
        if (open != null) {
            open.close();
        }
    }

    protected final LiveService service() {
        return service;
    }

    /** Work that may fail. */
    private interface Work {
        void run() throws IOException;
    }

    /** Does the work of one message. A mistake of the client is reported to it and ends its connection. */
    private void guarded(Work work) {
        try {
            work.run();
            demand();
        } catch (QuantVoiceException e) {
            refuse(e);
            demand();
        } catch (IOException | UncheckedIOException e) {
            LOG.info("client {} is gone: {}", name(), e.getMessage());
            gone();
            disconnect();
        } catch (RuntimeException | Error e) {
            LOG.error("client {} dropped: a fault of the server", name(), e);
            gone();
            end(StatusCode.SERVER_ERROR, "a fault of the server; see its log");
            demand();
        }
    }

    /** Asks Jetty for the next message or, after a close, for the client's answer to it. */
    private void demand() {
        if (session != null) {
            session.demand();
        }
    }

    private void refuse(QuantVoiceException e) {
        LOG.info("client {} refused: {}", name(), e.getMessage());
        gone();
        try {
            send(error(e.got(), e.expected(), e.cure()));
            end(StatusCode.BAD_PAYLOAD, "bad input; see the error message");
        } catch (IOException lost) {
            LOG.info("client {} is gone: {}", name(), lost.getMessage());
            disconnect();
        }
    }

    /** Sends a message and waits until it is sent, so that a client that reads slowly slows only itself. */
    protected final void send(String json) throws IOException {
        Session open = session;
        if (open == null) {
            return;
        }
        CompletableFuture<Void> sent = new CompletableFuture<>();
        open.sendText(json, Callback.from(() -> sent.complete(null), sent::completeExceptionally));
        try {
            sent.get(SLOWEST_READER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("it does not read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", e);
        }
    }

    /** Sends a message as {@link #send} does, for listeners, which cannot throw an {@link IOException}. */
    protected final void tell(String json) {
        try {
            send(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the connection with a code and a reason. */
    protected final void end(int code, String reason) {
        ended = true;
        if (session != null) {
            session.close(code, reason, Callback.NOOP);
        }
    }

    private void disconnect() {
        if (session != null) {
            session.disconnect();
        }
    }

    private String name() {
        return session == null ? "?" : String.valueOf(session.getRemoteSocketAddress());
    }

    @Override
    public final void onWebSocketError(Throwable cause) {
        LOG.info("client {} lost: {}", name(), cause.toString());
        gone();
    }

    @Override
    public final void onWebSocketClose(int code, String reason) {
        leave();
    }

    private void gone() {
        gone = true;
        drop();
    }
}
