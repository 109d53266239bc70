package org.quantvoice.torch.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.torch.Digits;
import org.quantvoice.torch.TorchEngine;
import org.quantvoice.torch.script.QuantScheme;

/** Ranges that one calibration saved, in the place of another. */
public class KnownRangesTest {
    private static final QuantRecipe RECIPE =
            new QuantRecipe(Digits.STATIC, List.of(), ActivationObserver.MIN_MAX, true);

    @TempDir
    Path folder;

    private static AcousticModel open(QuantRecipe recipe, List<Audio> audio, Backend backend) {
        return new TorchEngine()
                .open(new ModelRequest(
                        Digits.MODEL, Optional.of(recipe), audio, Optional.of(backend), 1, Progress.none()));
    }

    private static QuantReport report(AcousticModel model) {
        return model.report().orElseThrow();
    }

    /** Layers that the guard keeps float stay so. */
    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"X86", "QNNPACK"})
    void theModelIsTheSameWithoutAudio(Backend backend) {
        Path file = folder.resolve("ranges.json");
        float[] samples = Digits.utterance("test-nicolas-00").audio().samples();
        try (AcousticModel heard = open(RECIPE, Digits.calibration().subList(0, 2), backend)) {
            report(heard).ranges().save(file);
            ActivationRanges ranges = ActivationRanges.load(file);
            assertThat(ranges).isEqualTo(report(heard).ranges());
            assertThat(ranges.levels())
                    .isEqualTo(QuantScheme.of(backend, ScaleRules.ENGINE)
                            .activations()
                            .high());
            try (AcousticModel read = open(RECIPE.withRanges(ranges), List.of(), backend)) {
                assertThat(read.run(samples).data())
                        .isEqualTo(heard.run(samples).data());
                assertThat(paths(report(read).keptFloat()))
                        .isEqualTo(paths(report(heard).keptFloat()));
                assertThat(report(read).ranges()).isEqualTo(ranges);
            }
        }
    }

    private static List<String> paths(List<QuantReport.Layer> layers) {
        return layers.stream().map(QuantReport.Layer::path).toList();
    }

    @Test
    void rangesWithoutOutputsAreRefused() {
        ActivationRanges inputs =
                new ActivationRanges(Map.of(Digits.W2V + "feature_projection.projection", new ActivationRange(0.1, 3)));
        assertThatThrownBy(() -> open(RECIPE.withRanges(inputs), List.of(), Backend.QNNPACK))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("outputs for none of the static ones")
                .hasMessageContaining("calibration audio");
    }

    @Test
    void otherLevelsHoldTheSameRange() {
        ActivationRanges narrow = new ActivationRanges(
                Map.of("a", new ActivationRange(0.02f, 40)), Map.of("b", new ActivationRange(0.5f, 0)), 127);
        ActivationRanges wide = narrow.inLevels(255);
        assertThat(wide.levels()).isEqualTo(255);
        assertThat(wide.byLayer().get("a")).isEqualTo(new ActivationRange((float) (0.02f * 127.0 / 255), 80));
        assertThat(wide.outputs().get("b").zeroPoint()).isZero();
        assertThat(narrow.inLevels(127)).isSameAs(narrow);
    }
}
