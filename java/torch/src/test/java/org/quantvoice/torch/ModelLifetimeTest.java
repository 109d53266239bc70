package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;

class ModelLifetimeTest {
    private static final float[] SHORT =
            Arrays.copyOf(Digits.utterance("test-nicolas-00").audio().samples(), 1200);
    private static final float[] LONG =
            Digits.utterance("test-george-00").audio().samples();

    @Test
    void closedModelRefusesEverythingAndClosesAgain() {
        AcousticModel model = Digits.openFloat();
        model.close();
        model.close();
        assertThatThrownBy(() -> model.run(SHORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(model::info).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(model::report).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.save(Path.of("x.pt"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeDuringRunsWaitsForThem() throws Exception {
        for (int round = 0; round < 5; round++) {
            AcousticModel model = Digits.openFloat();
            ExecutorService pool = Executors.newFixedThreadPool(2);
            CountDownLatch running = new CountDownLatch(2);
            List<Future<Integer>> runs = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                runs.add(pool.submit(() -> runUntilClosed(model, running)));
            }
            running.await();
            model.close();
            for (Future<Integer> run : runs) {
                assertThat(run.get()).isPositive();
            }
            pool.shutdown();
        }
    }

    private static int runUntilClosed(AcousticModel model, CountDownLatch running) {
        for (int done = 0; ; done++) {
            try {
                assertThat(model.run(LONG).frames()).isPositive();
                running.countDown();
            } catch (IllegalStateException closed) {
                return done;
            }
        }
    }

    @Test
    void threadsAndBackendsDoNotDisturbOneAnother() throws Exception {
        List<AcousticModel> models = List.of(
                SharedModels.tutorial(Backend.FBGEMM), SharedModels.tutorial(Backend.QNNPACK), Digits.openFloat());
        List<float[]> alone = models.stream().map(m -> m.run(SHORT).data()).toList();
        ExecutorService pool = Executors.newFixedThreadPool(6);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            int which = t % 3;
            all.add(pool.submit(() -> {
                for (int i = 0; i < 15; i++) {
                    assertThat(models.get(which).run(SHORT).data()).isEqualTo(alone.get(which));
                }
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        pool.shutdown();
        models.get(2).close();
    }

    /** 2,000 transcriptions, of the float model and the int8 one in turn. */
    @Test
    void nothingNativeLeaks() throws IOException {
        AcousticModel int8 = SharedModels.tutorial(Backend.FBGEMM);
        try (AcousticModel model = Digits.openFloat()) {
            long residentAfterWarmUp = 0;
            long pointersAfterWarmUp = 0;
            for (int i = 0; i < 2000; i++) {
                (i % 2 == 0 ? model : int8).run(SHORT);
                if (i == 199) {
                    System.gc();
                    residentAfterWarmUp = residentBytes();
                    pointersAfterWarmUp = Pointer.totalCount();
                }
            }
            System.gc();
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(pointersAfterWarmUp);
            assertThat(residentBytes() - residentAfterWarmUp).isLessThan(20L << 20);
        }
    }

    @Test
    void forgottenModelIsFreed() throws InterruptedException {
        System.gc();
        long before = Pointer.totalCount();
        forget();
        for (int i = 0; i < 200 && Pointer.totalCount() > before; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }

    private static void forget() {
        assertThat(Digits.openFloat().run(SHORT).frames()).isPositive();
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
