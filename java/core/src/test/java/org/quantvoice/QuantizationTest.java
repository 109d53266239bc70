package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.quantvoice.Quantization.RecipeBuilder;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Backend;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;

class QuantizationTest {
    private static final AudioCorpus CORPUS =
            AudioCorpus.tsv(Path.of(System.getProperty("quantvoice.root"), "models/digits/calib/calib.tsv"));

    private static void refused(UnaryOperator<RecipeBuilder> recipe, String message) {
        RecipeBuilder builder = recipe.apply(Quantization.recipe());
        assertThatThrownBy(builder::build)
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatConcernsStaticModulesIsRefusedWithoutThem() {
        refused(r -> r.observer(ActivationObserver.MIN_MAX), "the observer MIN_MAX and no static module");
        refused(
                r -> r.dynamicInt8("a").symmetric(true).calibrateOn(CORPUS),
                "levels of activations (symmetric) and no static module");
        refused(r -> r.dynamicInt8("a").reduceRange(true), "(7 bits) and no static module");
        ActivationRanges known = new ActivationRanges(Map.of("a", new ActivationRange(0.01, 128)), Map.of(), 256);
        refused(r -> r.dynamicInt8("a").ranges(known), "ranges of 1 layers and no static module");
        assertThat(Quantization.recipe()
                        .staticInt8("a")
                        .ranges(known)
                        .observer(ActivationObserver.MIN_MAX)
                        .build()
                        .observer())
                .isEqualTo(ActivationObserver.MIN_MAX);
    }

    @Test
    void aSearchAndStaticModulesNeedAudio() {
        refused(r -> r.objective(ScaleObjective.MSE), "the calibration MSE and no calibration audio");
        refused(r -> r.staticInt8("front"), "static modules [front] and no calibration audio");
        assertThatThrownBy(() -> Quantization.toBudget(DataSize.megabytes(1)).build())
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("a budget and no calibration audio")
                .hasMessageContaining("tuneOn");
    }

    @Test
    void movedScalesNeedAudioStaticModulesAndNoOldRanges() {
        refused(r -> r.objective(ScaleObjective.SMOOTH), "the calibration SMOOTH and no calibration audio");
        refused(
                r -> r.objective(ScaleObjective.SMOOTH).dynamicInt8("a").calibrateOn(CORPUS),
                "the calibration SMOOTH and no static module");
        ActivationRanges known = new ActivationRanges(Map.of("a", new ActivationRange(0.01, 128)), Map.of(), 255);
        refused(
                r -> r.objective(ScaleObjective.SMOOTH)
                        .staticInt8("a")
                        .ranges(known)
                        .calibrateOn(CORPUS),
                "the calibration SMOOTH and ranges of an earlier calibration");
        assertThatThrownBy(() -> Quantization.toAverageBits(6)
                        .objective(ScaleObjective.SMOOTH)
                        .dynamicInt8("a")
                        .tuneOn(CORPUS)
                        .build())
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no static module");
    }

    @Test
    void aGuardHearsAudio() {
        refused(r -> r.dynamicInt8("a").guard(false), "no guard and no calibration audio");
        assertThat(Quantization.recipe()
                        .dynamicInt8("a")
                        .guard(false)
                        .calibrateOn(CORPUS)
                        .build()
                        .guard())
                .isFalse();
    }

    @Test
    void onePlaceChoosesScales() {
        refused(
                r -> r.preset(Backend.FBGEMM).objective(ScaleObjective.HESSIAN).calibrateOn(CORPUS),
                "the preset FBGEMM and the calibration HESSIAN");
    }

    @Test
    void aBudgetIsWhatItWasToldAndHasDefaults() {
        assertThatThrownBy(() -> Quantization.toAverageBits(0)).isInstanceOf(QuantizationException.class);
        Tuning usual = Quantization.toBudget(DataSize.megabytes(75))
                .tuneOn(CORPUS)
                .build()
                .tuning()
                .orElseThrow();
        assertThat(usual)
                .isEqualTo(new Tuning(
                        new SizeBudget(DataSize.megabytes(75)),
                        Sensitivity.MEDIAN,
                        ScaleObjective.MSE,
                        WeightScheme.LINEAR));
        Quantization other = Quantization.toAverageBits(5)
                .sensitivity(Sensitivity.MAX)
                .objective(ScaleObjective.HESSIAN)
                .weightScheme(WeightScheme.LOG2)
                .dynamicInt8("head")
                .tuneOn(CORPUS)
                .build();
        assertThat(other.tuning().map(Tuning::objective)).isEqualTo(Optional.of(ScaleObjective.HESSIAN));
        assertThat(other.tuning().map(Tuning::scheme)).isEqualTo(Optional.of(WeightScheme.LOG2));
        assertThat(other.dynamicModules()).containsExactly("head");
    }

    /** A builder that goes on after build() leaves what it has made alone. */
    @Test
    void valuesDoNotChange() {
        RecipeBuilder builder = Quantization.recipe().dynamicInt8("a");
        Quantization first = builder.build();
        builder.dynamicInt8("b");
        assertThat(first.dynamicModules()).containsExactly("a");
        assertThat(builder.build().dynamicModules()).containsExactly("a", "b");
    }
}
