package org.quantvoice.server;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.server.models.HostedModel;
import org.quantvoice.server.models.LiveStreams;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** A caption server over what {@code qv serve} runs unless told otherwise, the native engine in int8, and speech for it. */
final class ServedSpeech implements AutoCloseable {
    static final int RATE = 16_000;
    static final int CLIENTS = 4;
    static final int MAX_MESSAGE = 1 << 16;
    static final String GOOD_ORIGIN = "https://good.example";
    static final String WORDS = "eight five six";

    private static final Path TEST = Path.of(System.getProperty("quantvoice.root"), "models/digits/test/test.tsv");

    private final QuantSession session;
    private final StreamOptions options;
    private final SpeechServer server;
    private final AtomicReference<Consumer<StreamEvent>> listener = new AtomicReference<>();

    private ServedSpeech(QuantSession session, StreamOptions options) {
        this.session = session;
        this.options = options;
        server = serve(SpeechServer.builder()
                .maxStreams(CLIENTS)
                .maxMessageBytes(MAX_MESSAGE)
                .allowOrigin(GOOD_ORIGIN));
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

    SpeechServer server() {
        return server;
    }

    /** Another server over the same session. */
    SpeechServer serve(SpeechServerBuilder where) {
        return where.model(HostedModel.of("u2-digits", session).streams(streams()))
                .start();
    }

    private LiveStreams streams() {
        return new LiveStreams() {
            @Override
            public TranscriptStream open(QuantSession with, UnaryOperator<EndpointRules> endpoints) {
                StreamOptions usual = with.streamOptions().withEndpoints(endpoints.apply(options.endpoints()));
                return watched(with.stream(usual));
            }

            @Override
            public double latencySeconds(QuantSession with) {
                return with.latency(options);
            }
        };
    }

    private TranscriptStream watched(TranscriptStream stream) {
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
    static float[] speech() {
        return speech("test-nicolas-17");
    }

    /** Waits until nobody is connected. */
    void awaitNobody() throws InterruptedException {
        for (int i = 0; i < 1200 && server.streams() > 0; i++) {
            Thread.sleep(50);
        }
        if (server.streams() > 0) {
            throw new AssertionError("streams that are left: " + server.streams());
        }
    }

    @Override
    public void close() {
        server.close();
        session.close();
    }
}
