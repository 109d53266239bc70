package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.internal.kernels.NativeMemory;
import org.quantvoice.internal.nativeengine.NativeEngine;

/** A thousand threads that call one model at once: the right bits for each, memory for as many as there are cores. */
final class ManyCallersTest {
    private static final int CALLERS = 1_000;
    private static final long STACK = 256 << 10;
    private static final float[] SAMPLES = SmallModels.noise(4_000);

    private final long live = NativeMemory.liveBlocks();
    private final CountDownLatch start = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertThat(NativeMemory.liveBlocks()).as("native blocks").isEqualTo(live);
    }

    private AcousticModel open() {
        Path model = SmallModels.write(SmallModels.transformer(), folder.resolve("model.qv"));
        return new NativeEngine().open(KeptRequests.of(model, false, Optional.empty()));
    }

    private List<FutureTask<float[]>> callers(AcousticModel model) {
        List<FutureTask<float[]>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            boolean interrupted = i % 7 == 3;
            FutureTask<float[]> caller = new FutureTask<>(() -> {
                start.await();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                float[] result = model.run(SAMPLES).data();
                assertThat(Thread.currentThread().isInterrupted()).isEqualTo(interrupted);
                done.incrementAndGet();
                return result;
            });
            callers.add(caller);
            Thread thread = new Thread(null, caller, "caller " + i, STACK);
            thread.setDaemon(true);
            thread.start();
        }
        return callers;
    }

    @Test
    void allGetTheRightResultAndMemoryStaysThatOfTheCores() throws Exception {
        try (AcousticModel model = open()) {
            float[] expected = model.run(SAMPLES).data();
            long one = NativeMemory.liveBlocks();
            List<FutureTask<float[]>> callers = callers(model);
            start.countDown();
            for (FutureTask<float[]> caller : callers) {
                assertThat(Arrays.equals(caller.get(2, TimeUnit.MINUTES), expected))
                        .isTrue();
            }
            int cores = Runtime.getRuntime().availableProcessors();
            assertThat(NativeMemory.liveBlocks() - one)
                    .as("native blocks beside those of the first caller, for %d cores", cores)
                    .isLessThanOrEqualTo(cores * (one - live));
        }
    }

    @Test
    void thoseThatAModelClosedInTheMiddleDoesNotServeAreToldSo() throws Exception {
        AcousticModel model = open();
        float[] expected = model.run(SAMPLES).data();
        List<FutureTask<float[]>> callers = callers(model);
        start.countDown();
        while (done.get() < 20) {
            Thread.sleep(1);
        }
        model.close();
        int served = 0;
        for (FutureTask<float[]> caller : callers) {
            try {
                assertThat(Arrays.equals(caller.get(2, TimeUnit.MINUTES), expected))
                        .isTrue();
                served++;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            }
        }
        assertThat(served).isGreaterThanOrEqualTo(20);
    }
}
