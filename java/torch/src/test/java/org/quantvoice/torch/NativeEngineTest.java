package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;

/** The native engine on the digits model, against PyTorch's recorded log-probabilities and error rates. */
class NativeEngineTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");
    private static final Path FLOAT = DIGITS.resolve("model/digits-float.pt");
    private static final double FLOAT_WER = 2.044;
    private static final double FLOAT_TOLERANCE = 1e-4;
    private static final List<String> TOKENS =
            List.of("", " ", "e", "f", "g", "h", "i", "n", "o", "r", "s", "t", "u", "v", "w", "x", "z");

    private static final QuantRecipe TUTORIAL = recipe(
            List.of("encoder.wav2vec2.model.feature_extractor", "encoder.wav2vec2.model.feature_projection"),
            List.of("encoder.wav2vec2.model.encoder.layers", "encoder.enc"));
    private static final QuantRecipe ALL_DYNAMIC = recipe(List.of(), List.of(""));

    @TempDir
    Path folder;

    private static QuantRecipe recipe(List<String> fixed, List<String> dynamic) {
        return new QuantRecipe(fixed, dynamic, ActivationObserver.MIN_MAX, true);
    }

    private static AcousticModel open(Path file, Optional<QuantRecipe> recipe, int threads) {
        List<Audio> calibration = new ArrayList<>();
        if (recipe.isPresent() && recipe.get().needsCalibration()) {
            AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv"))
                    .limit(10)
                    .items()
                    .forEach(i -> calibration.add(AudioFiles.read(i.file())));
        }
        return new NativeEngine()
                .open(new ModelRequest(file, recipe, calibration, Optional.empty(), threads, Progress.none()));
    }

    /** Calls with the id and the recorded log-probabilities of ten utterances. */
    private static void forReferences(ReferenceCheck check) throws IOException {
        try (Stream<Path> files = Files.list(DIGITS.resolve("ref"))) {
            for (Path file : files.sorted().toList()) {
                String id = file.getFileName().toString().replace(".npy", "");
                byte[] bytes = Files.readAllBytes(file);
                int header = 10
                        + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
                float[] values = new float[(bytes.length - header) / Float.BYTES];
                ByteBuffer.wrap(bytes, header, bytes.length - header)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
                check.on(id, AudioFiles.read(DIGITS.resolve("test/" + id + ".flac")), values);
            }
        }
    }

    private interface ReferenceCheck {
        void on(String id, Audio audio, float[] logProbs);
    }

    private static double wer(AcousticModel model) {
        ErrorRate words = ErrorRate.words();
        for (AudioCorpus.Item item :
                AudioCorpus.tsv(DIGITS.resolve("test/test.tsv")).items()) {
            LogProbs result = model.run(AudioFiles.read(item.file()).samples());
            StringBuilder text = new StringBuilder();
            int last = -1;
            for (int t = 0; t < result.frames(); t++) {
                int token = result.argmax(t);
                text.append(token == last ? "" : TOKENS.get(token));
                last = token;
            }
            words.add(item.text(), text.toString());
        }
        return words.percent();
    }

    @Test
    void floatEqualsPyTorch() throws IOException {
        try (AcousticModel model = open(FLOAT, Optional.empty(), 2)) {
            assertThat(model.info().engine()).isEqualTo(Engine.NATIVE);
            forReferences((id, audio, expected) -> {
                float[] actual = model.run(audio.samples()).data();
                assertThat(actual).as(id).hasSameSizeAs(expected);
                double worst = 0;
                for (int i = 0; i < actual.length; i++) {
                    // relative to the size of the number: far from the best token log-probs go down to -60
                    worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i])));
                }
                assertThat(worst).as(id).isLessThan(FLOAT_TOLERANCE);
            });
            assertThat(wer(model)).isCloseTo(FLOAT_WER, org.assertj.core.data.Offset.offset(0.001));
        }
    }

    @Test
    void theTutorialsRecipeKeepsTheWords() throws IOException {
        try (AcousticModel model = open(FLOAT, Optional.of(TUTORIAL), 2)) {
            forReferences((id, audio, expected) -> assertThat(
                            cosine(model.run(audio.samples()).data(), expected))
                    .as(id)
                    .isGreaterThan(0.999));
            assertThat(wer(model)).isLessThanOrEqualTo(FLOAT_WER + 0.3);
            assertThat(model.report().orElseThrow().layers()).hasSize(8 + 4 * 6 + 3);
            assertThat(model.report().orElseThrow().bytesAfter()).isLessThan(3_000_000);
        }
    }

    /** Ranges of one calibration, through a file, give the same bits without audio. */
    @Test
    void savedRangesSpareTheNextCalibration() {
        QuantRecipe recipe = recipe(List.of("encoder.wav2vec2.model.feature_projection"), List.of());
        float[] samples =
                AudioFiles.read(DIGITS.resolve("test/test-theo-04.flac")).samples();
        Path file = folder.resolve("ranges.json");
        float[] expected;
        try (AcousticModel model = open(FLOAT, Optional.of(recipe), 1)) {
            expected = model.run(samples).data();
            ActivationRanges ranges = model.report().orElseThrow().ranges();
            assertThat(ranges.byLayer()).hasSize(1);
            ranges.save(file);
            assertThat(ActivationRanges.load(file)).isEqualTo(ranges);
        }
        QuantRecipe known = recipe.withRanges(ActivationRanges.load(file));
        try (AcousticModel model = new NativeEngine()
                .open(new ModelRequest(FLOAT, Optional.of(known), List.of(), Optional.empty(), 1, Progress.none()))) {
            assertThat(model.run(samples).data()).isEqualTo(expected);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    @Test
    void aSavedModelGivesTheSameBitsForAnyNumberOfThreads() {
        Path file = folder.resolve("digits.qv");
        float[] samples =
                AudioFiles.read(DIGITS.resolve("test/test-theo-04.flac")).samples();
        float[] expected;
        try (AcousticModel model = open(FLOAT, Optional.of(ALL_DYNAMIC), 1)) {
            expected = model.run(samples).data();
            model.save(file);
        }
        for (int threads = 1; threads <= 3; threads++) {
            try (AcousticModel model = open(file, Optional.empty(), threads)) {
                assertThat(model.run(samples).data()).as(threads + " threads").isEqualTo(expected);
            }
        }
    }

    @Test
    void wrongRecipesSayWhatToDo() {
        assertThatThrownBy(() -> open(FLOAT, Optional.of(recipe(List.of(), List.of("encoder.wav2vec2.modell"))), 1))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("encoder.wav2vec2.model");
        assertThatThrownBy(() -> new NativeEngine()
                        .open(new ModelRequest(
                                FLOAT, Optional.of(TUTORIAL), List.of(), Optional.empty(), 1, Progress.none())))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("feature_extractor");
    }

    @Test
    void tooShortAudioSaysHowLongItMustBe() {
        try (AcousticModel model = open(FLOAT, Optional.of(ALL_DYNAMIC), 1)) {
            assertThat(model.run(new float[400]).frames()).isEqualTo(1);
            assertThatThrownBy(() -> model.run(new float[399]))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("400");
        }
    }

    @Test
    void aClosedModelRefusesAndClosesOnce() {
        AcousticModel model = open(FLOAT, Optional.of(ALL_DYNAMIC), 1);
        model.close();
        model.close();
        assertThatThrownBy(() -> model.run(new float[16000])).isInstanceOf(IllegalStateException.class);
    }
}
