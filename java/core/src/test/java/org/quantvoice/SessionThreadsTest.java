package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.Engine;

/** What several threads may do with one session. */
@Timeout(60)
class SessionThreadsTest {
    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final SpellingEngine engine = new SpellingEngine(Engine.LIBTORCH);
    private QuantSession session;

    @BeforeEach
    void open() throws Exception {
        session = QuantSession.builder()
                .model(SpellingEngine.model(dir))
                .engines(new Engines(List.of(engine)))
                .build();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void closeWaitsForARunOfAnotherThread() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        engine.duringRun = () -> {
            inside.countDown();
            await(goOn);
        };
        Future<Transcript> run = threads.submit(() -> session.transcribe(SpellingEngine.audio("ab")));
        await(inside);
        Future<?> close = threads.submit(session::close);
        assertThatThrownBy(() -> close.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(engine.open).hasValue(1);
        goOn.countDown();
        assertThat(run.get().text()).isEqualTo("ab");
        close.get();
        assertThat(engine.open).hasValue(0);
        assertThatThrownBy(() -> session.info()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void runsOfSeveralThreadsOverlap() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        engine.duringRun = () -> {
            both.countDown();
            await(both);
        };
        List<Future<Transcript>> runs = IntStream.range(0, 2)
                .mapToObj(i -> threads.submit(() -> session.transcribe(SpellingEngine.audio(i == 0 ? "a" : "b"))))
                .toList();
        assertThat(runs.get(0).get().text()).isEqualTo("a");
        assertThat(runs.get(1).get().text()).isEqualTo("b");
        session.close();
    }

    @Test
    void manyThreadsCloseOnce() throws Exception {
        List<Future<?>> closes = IntStream.range(0, 4)
                .<Future<?>>mapToObj(i -> threads.submit(session::close))
                .toList();
        for (Future<?> close : closes) {
            close.get();
        }
        assertThat(engine.open).hasValue(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody counted down");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
