package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.npy.NpyFiles;

/** Exports that are good for one length, of other types than float32, for a GPU, with masks; PyTorch's results are recorded. */
class UnusualExportsTest {
    private static final int TRACED = 10_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"traced-waveform", "traced-frames", "traced-positions"})
    void runsAtTheLengthOfItsTraceAndSaysItForOthers(String name) {
        for (EngineProvider engine : List.of(new NativeEngine(), new TorchEngine())) {
            try (AcousticModel model = open(engine, file(name))) {
                requireResult(model, name, 1e-4);
                for (int samples : new int[] {5_000, 16_000, 33_287}) {
                    assertThatThrownBy(() -> model.run(sound(samples)))
                            .as("%s on %s", name, engine.engine())
                            .isInstanceOf(AudioFormatException.class)
                            .hasMessageContaining("audio of " + samples + " samples")
                            .hasMessageContaining("traced");
                }
                requireResult(model, name, 1e-4);
            }
        }
    }

    @Test
    void namesTheOnlyLength() {
        for (EngineProvider engine : List.of(new NativeEngine(), new TorchEngine())) {
            try (AcousticModel model = open(engine, file("traced-waveform"))) {
                assertThatThrownBy(() -> model.run(sound(16_000))).hasMessageContaining(" 10000 samples");
                assertThatThrownBy(() -> model.run(sound(9_999))).hasMessageContaining(" 10000 samples");
            }
        }
    }

    @Test
    void theLengthIsKeptInTheFile() {
        Path saved = folder.resolve("traced.qv");
        try (AcousticModel model = open(new NativeEngine(), file("traced-frames"))) {
            model.save(saved);
        }
        try (AcousticModel model = open(new NativeEngine(), saved)) {
            requireResult(model, "traced-frames", 1e-4);
            assertThatThrownBy(() -> model.run(sound(16_000)))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("recordings of 10000 to 10319 samples");
        }
    }

    @ParameterizedTest
    @CsvSource({"weights-half, 3e-3", "weights-bfloat16, 3e-2", "weights-double, 1e-4", "constants-gpu, 1e-4"})
    void theNativeEngineReadsAllTypesAndDevices(String name, double tolerance) {
        try (AcousticModel model = open(new NativeEngine(), file(name))) {
            requireResult(model, name, tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "weights-half, Half, model.float()",
        "weights-bfloat16, BFloat16, model.float()",
        "weights-double, Double, model.float()",
        "constants-gpu, GPU, model.cpu()"
    })
    void libtorchSaysWhatToDo(String name, String what, String cure) {
        try (AcousticModel model = open(new TorchEngine(), file(name))) {
            assertThatThrownBy(() -> model.run(sound(TRACED)))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining(what)
                    .hasMessageContaining("engine NATIVE")
                    .hasMessageContaining(cure);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mask-padding", "mask-factor", "mask-attention"})
    void masksAreThoseOfWholeRecordings(String name) {
        for (EngineProvider engine : List.of(new NativeEngine(), new TorchEngine())) {
            try (AcousticModel model = open(engine, file(name))) {
                requireResult(model, name, 1e-4);
            }
        }
    }

    /** The encoder of PyTorch itself, traced with its fused layers and without. */
    @ParameterizedTest
    @ValueSource(strings = {"transformer-fused", "transformer-parts"})
    void pyTorchsOwnTransformerRunsOnBothEngines(String name) {
        for (EngineProvider engine : List.of(new NativeEngine(), new TorchEngine())) {
            try (AcousticModel model = open(engine, file(name))) {
                requireResult(model, name, 1e-4);
            }
        }
        Path saved = folder.resolve("transformer.qv");
        try (AcousticModel model = open(new NativeEngine(), file(name))) {
            model.save(saved);
        }
        try (AcousticModel model = open(new NativeEngine(), saved)) {
            requireResult(model, name, 1e-4);
        }
    }

    private static void requireResult(AcousticModel model, String name, double tolerance) {
        LogProbs got = model.run(sound(TRACED));
        float[] expected =
                NpyFiles.read(file(name).resolveSibling(name + ".npy")).data();
        assertThat(got.data()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) got.data()[i])
                    .as("%s on %s, number %d", name, model.info().engine(), i)
                    .isCloseTo(expected[i], within(tolerance));
        }
    }

    /** What the recorded results are of. */
    private static float[] sound(int samples) {
        float[] sound = new float[samples];
        for (int i = 0; i < samples; i++) {
            sound[i] = (float) (0.1 * Math.sin(0.05 * i) + 0.05 * Math.sin(0.31 * i));
        }
        return sound;
    }

    private static Path file(String name) {
        return Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/exports", name + ".pt");
    }

    private static AcousticModel open(EngineProvider engine, Path file) {
        return engine.open(new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none()));
    }
}
