package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.NativeMemory;
import org.quantvoice.internal.nativeengine.NativeEngine;

/** Native memory that runs out, at every allocation of a load and of a run in turn. */
public class AllocationFaultTest {
    private static final int MOST_ALLOCATIONS = 2000;
    private static final float[] SAMPLES = SmallModels.noise(400);
    private static final float[] LONGER = SmallModels.noise(40_000);

    @TempDir
    Path folder;

    @AfterEach
    void letAllSucceed() {
        NativeMemory.failAllocation(0);
    }

    private boolean keepPacked;

    private AcousticModel open(int threads) {
        return new NativeEngine()
                .open(new ModelRequest(
                        folder.resolve("model.qv"),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        threads,
                        Progress.none(),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        keepPacked,
                        Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyAllocationOfALoadAndARunMayFail(int threads) {
        SmallModels.write(SmallModels.transformer(), folder.resolve("model.qv"));
        everyAllocationMayFail(threads);
    }

    @Test
    void everyAllocationOfALoadFromKeptWeightsMayFail() {
        keepPacked = true;
        SmallModels.write(SmallModels.transformer(), folder.resolve("model.qv"));
        everyAllocationMayFail(2);
    }

    private void everyAllocationMayFail(int threads) {
        float[] expected;
        try (AcousticModel model = open(threads)) {
            expected = model.run(SAMPLES).data();
        }
        long live = NativeMemory.liveBlocks();
        int failures = 0;
        for (int k = 1; ; k++) {
            assertThat(k).as("allocations of a load and a run").isLessThan(MOST_ALLOCATIONS);
            NativeMemory.failAllocation(k);
            boolean failed = !loadsAndRuns(threads, expected, "allocation " + k + " failing");
            NativeMemory.failAllocation(0);
            assertThat(NativeMemory.liveBlocks())
                    .as("native blocks after allocation %d failed", k)
                    .isEqualTo(live);
            assertThat(loadsAndRuns(threads, expected, "after allocation " + k + " failed"))
                    .isTrue();
            if (!failed) {
                break;
            }
            failures++;
        }
        assertThat(failures).as("allocations of a load and a run").isGreaterThan(15);
    }

    private boolean loadsAndRuns(int threads, float[] expected, String what) {
        try (AcousticModel model = open(threads)) {
            assertThat(model.run(SAMPLES).data()).as(what).isEqualTo(expected);
            return true;
        } catch (EngineException e) {
            assertThat(e.getMessage()).as(what).contains("memory");
            return false;
        } catch (RuntimeException | Error e) {
            return fail(what, e);
        }
    }

    /** The same model goes on: a run that failed leaves nothing broken behind. */
    @Test
    void everyAllocationOfARunMayFailAndTheNextRunWorks() {
        SmallModels.write(SmallModels.recurrent(), folder.resolve("model.qv"));
        try (AcousticModel model = open(2)) {
            float[] expected = model.run(LONGER).data();
            int failures = 0;
            for (int k = 1; k < MOST_ALLOCATIONS; k++) {
                // A length of its own needs a program of its own.
                float[] other = SmallModels.noise(SAMPLES.length + k);
                NativeMemory.failAllocation(k % 20 + 1);
                try {
                    model.run(other);
                } catch (EngineException e) {
                    failures++;
                } finally {
                    NativeMemory.failAllocation(0);
                }
                if (k % 10 == 0) {
                    assertThat(model.run(LONGER).data())
                            .as("after allocation %d of a run failed", k % 20 + 1)
                            .isEqualTo(expected);
                }
                if (k == 200) {
                    break;
                }
            }
            assertThat(failures).isPositive();
        }
    }
}
