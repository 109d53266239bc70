package org.quantvoice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.json.JsonNode;
import org.quantvoice.json.JsonReader;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its messages in, its stream, its events out. Jetty calls for one message at a time; it asks that the class be
 * public.
 */
public final class CaptionSocket implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CaptionSocket.class);
    private static final long SLOWEST_READER_SECONDS = 10;
    private static final String PROTOCOL = "{\"type\":\"start\",\"rate\":...}, 16-bit PCM, {\"type\":\"stop\"}";

    private final CaptionSource source;
    private final Semaphore places;
    private final Timing timing;
    private boolean placed;
    /** Closed by the server: what still comes in is of no use. */
    private boolean ended;

    private @Nullable Session session;
    private @Nullable PcmInput input;
    private volatile @Nullable TranscriptStream stream;
    private volatile boolean gone;

    /** @param places a permit for each client that may still connect; taken while this one is */
    CaptionSocket(CaptionSource source, Semaphore places) {
        this.source = source;
        this.places = places;
        timing = new Timing(source.sampleRate());
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        placed = places.tryAcquire();
        if (placed) {
            demand();
            return;
        }
        LOG.warn("client {} refused: no place is free", name());
        try {
            send(Messages.error("one client too many", "a free place", "try again later"));
        } catch (IOException e) {
            LOG.info("client {} is gone: {}", name(), e.getMessage());
        }
        close(StatusCode.TRY_AGAIN_LATER, "too many clients");
        demand();
    }

    @Override
    public void onWebSocketText(String text) {
        guarded(() -> {
            if (ended) {
                return;
            }
            JsonNode message = JsonReader.parse(text);
            String type = message.get("type").string();
            if (type.equals("start") && stream == null) {
                start(message);
            } else if (type.equals("stop") && stream != null) {
                stop();
            } else {
                throw new AudioFormatException("a message '" + type + "'", PROTOCOL, "follow the protocol");
            }
        });
    }

    private void start(JsonNode message) throws IOException {
        long rate = message.get("rate").integer(1, Integer.MAX_VALUE);
        long channels = message.find("channels")
                .map(c -> c.integer(1, Integer.MAX_VALUE))
                .orElse(1L);
        input = new PcmInput(rate, channels, source.sampleRate());
        TranscriptStream opened = source.open();
        opened.onEvent(this::tell);
        stream = opened;
        if (gone) { // while the stream was opened
            opened.cancel();
            return;
        }
        send(Messages.ready(source.model(), source.sampleRate(), source.latencySeconds()));
    }

    private void tell(StreamEvent event) {
        try {
            send(Messages.event(event, timing));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stop() throws IOException {
        TranscriptStream open = stream;
        if (open == null || input == null) {
            return;
        }
        timing.begin();
        float[] rest = input.finish();
        open.accept(rest);
        open.finish();
        timing.end(rest.length);
        send(Messages.end(timing));
        close(StatusCode.NORMAL, "done");
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        guarded(() -> {
            try {
                if (!ended) {
                    audio(payload);
                }
            } finally {
                callback.succeed(); // before the demand: Jetty wants its buffer back first
            }
        });
    }

    private void audio(ByteBuffer payload) {
        TranscriptStream open = stream;
        if (open == null || input == null) {
            throw new AudioFormatException("audio before the start message", PROTOCOL, "send the start message first");
        }
        timing.begin();
        float[] samples = input.accept(payload);
        open.accept(samples);
        timing.end(samples.length);
    }

    /** Work that may fail. */
    private interface Work {
        void run() throws IOException;
    }

    /** Does the work of one message; what the client did wrong is told and ends its connection. */
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
        } catch (RuntimeException e) {
            LOG.error("client {} dropped: a fault of the server", name(), e);
            gone();
            close(StatusCode.SERVER_ERROR, "a fault of the server; see its log");
            demand();
        }
    }

    /** Asks for the next message; after a close, for the client's answer to it. */
    private void demand() {
        if (session != null) {
            session.demand();
        }
    }

    private void refuse(QuantVoiceException e) {
        LOG.info("client {} refused: {}", name(), e.getMessage());
        gone();
        try {
            send(Messages.error(e));
            close(StatusCode.BAD_PAYLOAD, "bad input; see the error message");
        } catch (IOException lost) {
            LOG.info("client {} is gone: {}", name(), lost.getMessage());
            disconnect();
        }
    }

    /** Sends and waits, so that a client that reads slowly slows itself and nobody else. */
    private void send(String json) throws IOException {
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

    private void close(int code, String reason) {
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
    public void onWebSocketError(Throwable cause) {
        LOG.info("client {} lost: {}", name(), cause.toString());
        gone();
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
        gone();
        if (placed) {
            placed = false;
            places.release();
        }
    }

    private void gone() {
        gone = true;
        TranscriptStream open = stream;
        if (open != null) {
            open.cancel();
        }
    }
}
