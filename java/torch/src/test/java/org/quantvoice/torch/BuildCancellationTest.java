package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.CancelledException;

/** A build that calibrates ends at its next step once it is cancelled, on both engines, and the next build is whole. */
class BuildCancellationTest {
    private final List<String> steps = new ArrayList<>();

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private QuantSessionBuilder builder(Engine engine, Runnable atCalibration) {
        return QuantSession.builder()
                .model(Digits.MODEL)
                .engine(engine)
                .threads(1)
                .quantize(Quantization.recipe()
                        .staticInt8(Digits.W2V + "feature_projection.projection")
                        .calibrateOn(AudioCorpus.tsv(Digits.ROOT.resolve("calib/calib.tsv"))
                                .limit(3))
                        .build())
                .progress((step, done, total) -> {
                    steps.add(step);
                    if (step.startsWith("calibrating")) {
                        atCalibration.run();
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void byACondition(Engine engine) {
        AtomicBoolean stop = new AtomicBoolean();
        QuantSessionBuilder builder = builder(engine, () -> stop.set(true)).cancelWhen(stop::get);
        assertThatThrownBy(builder::build)
                .isInstanceOf(CancelledException.class)
                .hasMessageContaining("calibrating");
        assertThat(steps).filteredOn(s -> s.startsWith("calibrating")).hasSize(1);
        stop.set(false);
        steps.clear();
        try (QuantSession session =
                builder(engine, () -> {}).cancelWhen(stop::get).build()) {
            assertThat(session.report().orElseThrow().layers()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void byAnInterrupt(Engine engine) {
        QuantSessionBuilder builder = builder(engine, Thread.currentThread()::interrupt);
        assertThatThrownBy(builder::build)
                .isInstanceOf(CancelledException.class)
                .hasMessageContaining("an interrupt");
        assertThat(Thread.interrupted()).isTrue();
    }
}
