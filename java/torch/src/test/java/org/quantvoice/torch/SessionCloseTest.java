package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.engine.Engine;
import org.quantvoice.stream.TranscriptStream;

/** A session that is closed while other threads feed its streams: they end with an exception, not with the process. */
final class SessionCloseTest {
    private static final int PATIENCE_SECONDS = 120;
    private static final int STREAMS = 4;

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void closingDuringAcceptEndsTheStreams(Engine engine) throws Exception {
        QuantSessionBuilder builder = QuantSession.builder()
                .model(U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"))
                .vocabulary(U2Fixture.FOLDER.resolve("model/tokens.json"))
                .engine(engine)
                .threads(1);
        QuantSession session = (engine.equals(Engine.NATIVE) ? builder.int8() : builder).build();
        float[] speech = U2Fixture.samples("test-theo-04");
        CountDownLatch hearing = new CountDownLatch(STREAMS);
        List<TranscriptStream> streams = new ArrayList<>();
        List<CompletableFuture<Throwable>> ends = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            TranscriptStream stream = session.stream();
            streams.add(stream);
            ends.add(CompletableFuture.supplyAsync(
                    () -> feed(stream, speech, hearing), task -> new Thread(task, "feeder").start()));
        }
        assertThat(hearing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        session.close();
        for (CompletableFuture<Throwable> end : ends) {
            assertThat(end.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
        for (TranscriptStream stream : streams) {
            assertThatThrownBy(() -> stream.accept(speech)).hasMessageContaining("FAILED");
            stream.close();
        }
        assertThatThrownBy(session::stream).isInstanceOf(IllegalStateException.class);
    }

    /** Feeds for ever; returns what ended it. */
    private static Throwable feed(TranscriptStream stream, float[] speech, CountDownLatch hearing) {
        stream.onEvent(event -> hearing.countDown());
        try {
            while (true) {
                stream.accept(speech);
            }
        } catch (RuntimeException e) {
            return e;
        }
    }
}
