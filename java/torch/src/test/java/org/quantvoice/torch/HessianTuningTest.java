package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightScheme;

/** A budget with the calibration HESSIAN, from TorchScript to the {@code .qv} file. */
class HessianTuningTest {
    private static final long BUDGET = 800_000;
    /** A second. */
    private static final Audio SPEECH =
            new Audio(Arrays.copyOf(Digits.calibration().get(0).samples(), 16_000), 16_000);

    @TempDir
    Path folder;

    private String tokens = "";

    @BeforeEach
    void readTokens() throws IOException {
        tokens = Files.readString(Digits.MODEL.resolveSibling("tokens.json"));
    }

    private TuningReport tune(
            ScaleObjective objective, long budget, Path model, Path target, List<String> modules, Audio... audio) {
        QuantRecipe recipe = new QuantRecipe(List.of(), modules, ActivationObserver.MIN_MAX, true);
        Tuning tuning = new Tuning(new SizeBudget(budget), Sensitivity.MEDIAN, objective, WeightScheme.LINEAR);
        ModelRequest request = new ModelRequest(
                model,
                Optional.of(recipe),
                List.of(audio),
                Optional.empty(),
                1,
                Progress.none(),
                Optional.of(tokens),
                Optional.of(tuning),
                true,
                false,
                Optional.empty());
        try (AcousticModel tuned = new NativeEngine().open(request)) {
            tuned.save(target);
            return tuned.report().orElseThrow().tuning().orElseThrow();
        }
    }

    private TuningReport tune(ScaleObjective objective, Path target, Audio... audio) {
        return tune(objective, BUDGET, Digits.MODEL, target, List.of(""), audio);
    }

    /** Among the recordings one in which the model hears no word, and one as short as a frame. */
    @Test
    void theBudgetIsMetWithScalesOfItsOwn() throws IOException {
        Audio[] audio = {SPEECH, new Audio(new float[8000], 16_000), new Audio(new float[400], 16_000)};
        Path hessian = folder.resolve("hessian.qv");
        Path mse = folder.resolve("mse.qv");
        TuningReport report = tune(ScaleObjective.HESSIAN, hessian, audio);
        TuningReport other = tune(ScaleObjective.MSE, mse, audio);
        assertThat(Files.size(hessian)).isEqualTo(report.fileBytes()).isLessThanOrEqualTo(BUDGET);
        assertThat(report.memoryBytes()).isLessThanOrEqualTo(BUDGET);
        assertThat(report.layers())
                .extracting(TuningReport.Layer::format)
                .isEqualTo(
                        other.layers().stream().map(TuningReport.Layer::format).toList());
        int lower = 0;
        for (int i = 0; i < report.layers().size(); i++) {
            double least = other.layers().get(i).sqnr();
            assertThat(report.layers().get(i).sqnr())
                    .as("SQNR of %s", report.layers().get(i).path())
                    .isLessThanOrEqualTo(least + 1e-6);
            lower += report.layers().get(i).sqnr() < least ? 1 : 0;
        }
        assertThat(lower).as("layers with other scales").isGreaterThan(30);
    }

    /** Its layers share the path "", but not their bits. */
    @Test
    void aFrozenModelIsTuned() throws IOException {
        Path frozen =
                Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/gradients/frozen.pt");
        tokens = "{\"tokens\": [\"-\", \"a\", \"b\", \"c\", \"d\"], \"blank\": 0}";
        Path file = folder.resolve("frozen.qv");
        TuningReport report = tune(ScaleObjective.HESSIAN, 7_000, frozen, file, List.of(""), SPEECH);
        assertThat(Files.size(file)).isEqualTo(report.fileBytes()).isLessThanOrEqualTo(7_000);
        assertThat(report.layers()).hasSize(3);
        assertThat(report.layers().stream().map(TuningReport.Layer::format).distinct())
                .hasSize(2);
    }

    @Test
    void silenceAloneIsEnough() throws IOException {
        Path file = folder.resolve("silence.qv");
        tune(ScaleObjective.HESSIAN, file, new Audio(new float[4000], 16_000));
        ModelRequest request =
                new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        try (AcousticModel model = new NativeEngine().open(request)) {
            assertThat(model.run(SPEECH.samples()).data()).doesNotContain(Float.NaN);
        }
    }

    @Test
    void badInputIsRefused() {
        Path target = folder.resolve("none.qv");
        float[] broken = SPEECH.samples().clone();
        broken[5] = Float.NaN;
        assertThatThrownBy(() -> new Audio(broken, 16_000)).isInstanceOf(AudioFormatException.class);
        refused(
                AudioFormatException.class,
                "at least 400",
                Digits.MODEL,
                List.of(""),
                new Audio(new float[399], 16_000));
        refused(QuantizationException.class, "encoder.enc", Digits.MODEL, List.of("encoder.en"), SPEECH);
        refused(
                QuantVoiceException.class,
                "quantized already",
                Digits.MODEL.resolveSibling("digits.qv"),
                List.of(""),
                SPEECH);
        tokens = tokens.replace("\"blank\": 0", "\"blank\": 99");
        refused(QuantVoiceException.class, "blank 99", Digits.MODEL, List.of(""), SPEECH);
        tokens = "{}";
        refused(QuantizationException.class, "token list", Digits.MODEL, List.of(""), SPEECH);
        assertThat(target).doesNotExist();
    }

    private void refused(
            Class<? extends QuantVoiceException> type, String what, Path model, List<String> modules, Audio... audio) {
        assertThatThrownBy(() -> tune(ScaleObjective.HESSIAN, BUDGET, model, folder.resolve("none.qv"), modules, audio))
                .as(what + " " + Arrays.toString(audio))
                .isInstanceOf(type)
                .hasMessageContaining(what);
    }
}
