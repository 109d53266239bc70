package org.quantvoice.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** A caption server over what {@code qv serve} runs unless told otherwise, the native engine in int8, and speech for it. */
public final class ServedSpeech implements AutoCloseable {
    static final int RATE = 16_000;
    static final int CLIENTS = 4;
    static final int MAX_MESSAGE = 1 << 16;
    static final String GOOD_ORIGIN = "https://good.example";
    public static final String WORDS = "eight five six";

    private static final Path TEST = Path.of(System.getProperty("quantvoice.root"), "models/digits/test/test.tsv");

    private final QuantSession session;
    private final StreamOptions options;
    private final CaptionServer server;
    private final AtomicReference<Consumer<StreamEvent>> listener = new AtomicReference<>();

    private ServedSpeech(QuantSession session, StreamOptions options) {
        this.session = session;
        this.options = options;
        server = serve(
                new ServeOptions("127.0.0.1", 0, CLIENTS, MAX_MESSAGE, Duration.ofSeconds(60), List.of(GOOD_ORIGIN)));
    }

    static ServedSpeech start() {
        return new ServedSpeech(builder().int8().build(), StreamOptions.defaults());
    }

    /** With utterances that end sooner. */
    static ServedSpeech start(double silenceSeconds) {
        EndpointRules rules = EndpointRules.defaults().withSilenceAfterSpeech(silenceSeconds);
        return new ServedSpeech(
                builder().int8().build(),
                StreamOptions.builder().endpoints(rules).build());
    }

    static ServedSpeech startOnLibtorch() {
        return new ServedSpeech(builder().engine(Engine.LIBTORCH).build(), StreamOptions.defaults());
    }

    private static QuantSessionBuilder builder() {
        return QuantSession.builder().model("u2-digits").threads(1);
    }

    QuantSession session() {
        return session;
    }

    CaptionServer server() {
        return server;
    }

    /** Another server over the same session. */
    CaptionServer serve(ServeOptions where) {
        return CaptionServer.start(where, new CaptionSource("u2-digits", RATE, session.latency(options), this::open));
    }

    private TranscriptStream open() {
        TranscriptStream stream = session.stream(options);
        Consumer<StreamEvent> first = listener.getAndSet(null);
        if (first != null) {
            AtomicBoolean told = new AtomicBoolean();
            stream.onEvent(event -> {
                if (told.compareAndSet(false, true)) {
                    first.accept(event);
                }
            });
        }
        return stream;
    }

    /** What listens to the first event of the next client's stream, before the client is told, in the middle of the chunk's work. */
    void onNextStream(Consumer<StreamEvent> first) {
        listener.set(first);
    }

    /** Samples of a recording of the test set. */
    static float[] speech(String id) {
        return AudioCorpus.tsv(TEST).items().stream()
                .filter(i -> i.id().equals(id))
                .map(i -> AudioFiles.read(i.file()).samples())
                .findFirst()
                .orElseThrow();
    }

    /** {@link #WORDS}, spoken. */
    public static float[] speech() {
        return speech("test-nicolas-17");
    }

    /** Waits until nobody is connected. */
    void awaitNobody() throws InterruptedException {
        for (int i = 0; i < 1200 && server.freePlaces() < CLIENTS; i++) {
            Thread.sleep(50);
        }
        if (server.freePlaces() != CLIENTS) {
            throw new AssertionError("free places: " + server.freePlaces() + " of " + CLIENTS);
        }
    }

    @Override
    public void close() {
        server.close();
        session.close();
    }
}
