package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.CancelledException;
import org.quantvoice.internal.engine.ModelRequest;

/** Interrupts and conditions end the transcription of recordings without end, and sessions serve on. */
class CancellationTest {
    private static final Path SPEECH = Path.of(System.getProperty("quantvoice.root"), "examples/audio/george-02.flac");
    private static final int READS = 300;

    @TempDir
    Path folder;

    /** Silence without end that does something after so many reads, as somebody who waits would. */
    private static final class Endless implements AudioStream {
        private final Runnable then;
        private int reads;

        Endless(Runnable then) {
            this.then = then;
        }

        @Override
        public String name() {
            return "endless";
        }

        @Override
        public int sampleRate() {
            return 16_000;
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public OptionalLong frames() {
            return OptionalLong.empty();
        }

        @Override
        public int read(float[] out, int from, int frames) {
            reads++;
            if (reads == READS) {
                then.run();
            }
            return frames;
        }

        @Override
        public void close() {}
    }

    private static Path speech() {
        return SPEECH;
    }

    /** The threads of transcriptions that are alive. */
    private static Set<String> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(n -> n.equals("window") || n.startsWith("quantvoice-recording"))
                .collect(Collectors.toSet());
    }

    @AfterEach
    void nothingRunsOn() {
        assertThat(Thread.interrupted()).as("an interrupt that is left").isFalse();
        assertThat(workers()).isEmpty();
    }

    @Test
    void aConditionEndsARecordingWithoutEnd() {
        AtomicBoolean stop = new AtomicBoolean();
        Endless recording = new Endless(() -> stop.set(true));
        RecordingOptions options =
                RecordingOptions.builder().cancelWhen(stop::get).build();
        try (QuantSession session = QuantSession.builder().build()) {
            assertThatThrownBy(() -> session.transcribe(recording, options, new TranscriptListener() {}))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("transcribing endless");
            assertThat(recording.reads).isEqualTo(READS);
            assertThat(session.transcribe(speech()).text()).isNotEmpty();
        }
    }

    @Test
    void anInterruptEndsARecordingWithoutEndAndStays() {
        Endless recording = new Endless(Thread.currentThread()::interrupt);
        try (QuantSession session = QuantSession.builder().build()) {
            assertThatThrownBy(() -> session.transcribe(recording))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("an interrupt");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(session.transcribe(speech()).text()).isNotEmpty();
        }
    }

    @Test
    void aThreadThatIsInterruptedAlreadyBeginsNothing() {
        try (QuantSession session = QuantSession.builder().build()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> session.transcribe(speech())).isInstanceOf(CancelledException.class);
            assertThatThrownBy(() -> QuantSession.builder().build()).isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aConditionEndsAStreamOfResultsWithoutEnd() {
        AtomicBoolean stop = new AtomicBoolean();
        RecordingOptions options =
                RecordingOptions.builder().cancelWhen(stop::get).build();
        try (QuantSession session = QuantSession.builder().threads(2).build()) {
            try (Stream<TranscriptResult> results =
                    session.transcribeAll(Stream.generate(CancellationTest::speech), options)) {
                Iterator<TranscriptResult> each = results.iterator();
                String words = each.next().transcript().text();
                assertThat(each.next().transcript().text()).isEqualTo(words);
                stop.set(true);
                assertThatThrownBy(() -> each.forEachRemaining(
                                r -> assertThat(r.failed()).isFalse()))
                        .isInstanceOf(CancelledException.class);
            }
            assertThat(session.transcribe(speech()).text()).isNotEmpty();
        }
    }

    /** What an engine opened while the caller changed its mind is closed again. */
    @Test
    void aModelThatIsNoLongerWantedIsClosed() throws IOException {
        AtomicBoolean stop = new AtomicBoolean();
        SpellingEngine engine = new SpellingEngine(Engine.LIBTORCH) {
            @Override
            public AcousticModel open(ModelRequest request) {
                stop.set(true);
                return super.open(request);
            }
        };
        QuantSessionBuilder builder = QuantSession.builder()
                .engines(new Engines(List.of(engine)))
                .model(SpellingEngine.model(folder))
                .cancelWhen(stop::get);
        assertThatThrownBy(builder::build)
                .isInstanceOf(CancelledException.class)
                .hasMessageContaining("a cancellation while building a session");
        assertThat(engine.open).hasValue(0);
        assertThatThrownBy(builder::acousticModel).isInstanceOf(CancelledException.class);
    }
}
