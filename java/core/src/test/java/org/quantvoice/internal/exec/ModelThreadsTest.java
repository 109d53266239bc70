package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.NativeMemory;
import org.quantvoice.internal.nativeengine.NativeEngine;

/**
 * Threads that run, close, close again and run what is closed, in an order of chance: results that are right to the bit, or
 * {@link IllegalStateException}. {@code -Dquantvoice.churn=10000} is the full number of steps of each thread.
 */
public class ModelThreadsTest {
    private static final int THREADS = 8;
    private static final int STEPS = Integer.getInteger("quantvoice.churn", 400);
    private static final int LENGTHS = 50;
    private static final long SEED = 20261121;

    @TempDir
    Path folder;

    private final AtomicReference<AcousticModel> current = new AtomicReference<>();
    private final Map<Integer, float[]> expected = new HashMap<>();
    private final AtomicInteger results = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();

    private AcousticModel open(int threads) {
        return new NativeEngine()
                .open(new ModelRequest(
                        folder.resolve("model.qv"),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        threads,
                        Progress.none()));
    }

    private static int length(int index) {
        return 100 + 37 * index;
    }

    @Test
    void runsAndClosesOfManyThreadsGiveResultsOrAnIllegalState() throws Exception {
        SmallModels.write(SmallModels.transformer(), folder.resolve("model.qv"));
        try (AcousticModel model = open(1)) {
            for (int i = 0; i < LENGTHS; i++) {
                expected.put(length(i), model.run(SmallModels.noise(length(i))).data());
            }
        }
        long live = NativeMemory.liveBlocks();
        current.set(open(2));
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            long seed = SEED + t;
            threads.add(pool.submit(() -> churn(seed)));
        }
        for (Future<?> thread : threads) {
            thread.get();
        }
        pool.shutdown();
        current.get().close();
        assertThat(results).hasPositiveValue();
        assertThat(refusals).hasPositiveValue();
        assertThat(NativeMemory.liveBlocks()).as("native blocks at the end").isEqualTo(live);
    }

    private void churn(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            AcousticModel model = current.get();
            String what = "seed " + seed + ", step " + step;
            switch (random.nextInt(20)) {
                case 0 -> replace(model, random.nextInt(3) + 1);
                case 1 -> closeThenRun(model, what);
                case 2 -> touch(model);
                default -> run(model, random, what);
            }
        }
    }

    /** Whoever closes a model puts another in its place, if nobody else did. */
    private void replace(AcousticModel old, int threads) {
        old.close();
        old.close();
        AcousticModel fresh = open(threads);
        if (!current.compareAndSet(old, fresh)) {
            fresh.close();
        }
    }

    private void closeThenRun(AcousticModel model, String what) {
        model.close();
        assertThatThrownBy(() -> model.run(SmallModels.noise(length(0))))
                .as(what)
                .isInstanceOf(IllegalStateException.class);
        replace(model, 1);
    }

    private void touch(AcousticModel model) {
        try {
            assertThat(model.info().vocabulary()).isEqualTo(SmallModels.CLASSES);
        } catch (IllegalStateException e) {
            refusals.incrementAndGet();
        }
    }

    private void run(AcousticModel model, Random random, String what) {
        int length = length(random.nextInt(LENGTHS));
        try {
            assertThat(model.run(SmallModels.noise(length)).data()).as(what).isEqualTo(expected.get(length));
            results.incrementAndGet();
        } catch (IllegalStateException e) {
            refusals.incrementAndGet();
        }
    }
}
