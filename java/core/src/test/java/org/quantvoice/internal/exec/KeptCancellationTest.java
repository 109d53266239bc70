package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.CancelledException;
import org.quantvoice.internal.kernels.NativeMemory;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;

/** Builds that keep packed weights, cancelled wherever they look: what is left beside the model is whole or is not there. */
final class KeptCancellationTest {
    private static final float[] SAMPLES = SmallModels.noise(1_000);
    /** More checks than any build here makes. */
    private static final int MOST = 200;

    private final long live = NativeMemory.liveBlocks();

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
        assertThat(NativeMemory.liveBlocks()).as("native blocks").isEqualTo(live);
    }

    private static QuantSessionBuilder builder(Path model) {
        return QuantSession.builder()
                .model(model)
                .engine(Engine.NATIVE)
                .threads(1)
                .keepPacked(true);
    }

    private static float[] run(QuantSessionBuilder builder) {
        try (AcousticModel opened = builder.acousticModel()) {
            return opened.run(SAMPLES).data();
        }
    }

    /** A model without a token list, which is all that running needs. */
    private Path write() {
        Path model = folder.resolve("model.qv");
        QvFile.write(new QvModel(SmallModels.transformer(), Optional.empty(), Map.of()), model);
        return model;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /** The condition holds at the first look, at the second, and so on, until the build is done before it does. */
    @Test
    void aBuildThatIsCancelledLeavesNothingHalfWritten() throws IOException {
        Path model = write();
        Path packed = KeptWeights.file(model);
        float[] expected = run(builder(model));
        long size = Files.size(packed);
        List<Path> before = files();
        int cancelled = 0;
        for (int looks = 0; looks < MOST; looks++) {
            Files.deleteIfExists(packed);
            AtomicInteger left = new AtomicInteger(looks);
            float[] found;
            try {
                found = run(builder(model).cancelWhen(() -> left.getAndDecrement() <= 0));
            } catch (CancelledException e) {
                cancelled++;
                assertThat(before).as("after look %d", looks).containsAll(files());
                if (Files.exists(packed)) {
                    assertThat(Files.size(packed)).as("after look %d", looks).isEqualTo(size);
                }
                assertThat(run(builder(model)))
                        .as("a build after look %d", looks)
                        .isEqualTo(expected);
                continue;
            }
            assertThat(found).isEqualTo(expected);
            assertThat(files()).isEqualTo(before);
            break;
        }
        assertThat(cancelled).isBetween(1, MOST - 1);
    }

    @Test
    void anInterruptedBuildLeavesNothingHalfWritten() throws IOException {
        Path model = write();
        List<Boolean> kept = new ArrayList<>();
        Thread.currentThread().interrupt();
        try {
            run(builder(model));
        } catch (CancelledException e) {
            kept.add(Files.exists(KeptWeights.file(model)));
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(kept).hasSize(1);
        float[] after = run(builder(model));
        assertThat(files()).containsExactly(model, KeptWeights.file(model));
        assertThat(run(builder(model))).isEqualTo(after);
    }
}
