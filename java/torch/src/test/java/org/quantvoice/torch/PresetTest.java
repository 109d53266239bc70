package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;

/** Levels of activations and weights that are asked for, on both engines. */
class PresetTest {
    private static final int EVERY = 12;
    private static final int RECORDINGS = 3;
    /** More errors than the float model's in ten recordings. */
    private static final int MORE_ERRORS = 1;

    private static long floatErrors;

    @TempDir
    Path folder;

    @BeforeAll
    static void countErrorsOfTheFloatModel() {
        try (AcousticModel model = open(Engine.NATIVE, Digits.MODEL, Optional.empty(), Optional.empty())) {
            floatErrors = errors(model);
        }
    }

    private static ScaleRules rules(Optional<QuantPreset> preset, boolean symmetric, boolean reduced) {
        return new ScaleRules(preset, symmetric, reduced, Optional.empty());
    }

    private static QuantRecipe recipe(ScaleRules rules) {
        return new QuantRecipe(Digits.STATIC, Digits.DYNAMIC, ActivationObserver.HISTOGRAM, true).withRules(rules);
    }

    private static AcousticModel open(
            Engine engine, Path model, Optional<QuantRecipe> recipe, Optional<Backend> backend) {
        EngineProvider provider = engine.equals(Engine.NATIVE) ? new NativeEngine() : new TorchEngine();
        return provider.open(new ModelRequest(
                model,
                recipe,
                recipe.isPresent() ? Digits.calibration().subList(0, RECORDINGS) : List.of(),
                backend,
                1,
                Progress.none()));
    }

    private static long errors(AcousticModel model) {
        ErrorRate words = ErrorRate.words();
        for (int i = 0; i < Digits.test().size(); i += EVERY) {
            Digits.Utterance u = Digits.test().get(i);
            words.add(u.text(), Digits.greedy(model.run(u.audio().samples())));
        }
        return words.counts().errors();
    }

    private void check(Engine engine, ScaleRules rules, int top) {
        Path file = folder.resolve(engine.equals(Engine.NATIVE) ? "int8.qv" : "int8.pt");
        float[] samples = Digits.test().get(3).audio().samples();
        try (AcousticModel model = open(engine, Digits.MODEL, Optional.of(recipe(rules)), Optional.empty())) {
            assertThat(errors(model)).as("%s on %s", rules, engine).isLessThanOrEqualTo(floatErrors + MORE_ERRORS);
            ActivationRanges ranges = model.report().orElseThrow().ranges();
            assertThat(ranges.levels()).isEqualTo(top);
            assertThat(ranges.byLayer().values())
                    .isNotEmpty()
                    .allMatch(r -> r.zeroPoint() <= top)
                    .allMatch(r -> !rules.symmetric() || r.zeroPoint() == (top + 1) / 2);
            model.save(file);
            try (AcousticModel read = open(engine, file, Optional.empty(), Optional.empty())) {
                assertThat(read.run(samples).data())
                        .isEqualTo(model.run(samples).data());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(QuantPreset.class)
    void presetsKeepTheWords(QuantPreset preset) {
        int top = preset == QuantPreset.FBGEMM || preset == QuantPreset.X86 ? 127 : 255;
        check(Engine.NATIVE, rules(Optional.of(preset), false, false), top);
        check(Engine.LIBTORCH, rules(Optional.of(preset), false, false), top);
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, true, 255", "NATIVE, false, 127", "LIBTORCH, true, 127"})
    void symmetricAndReducedLevelsKeepTheWords(Engine engine, boolean symmetric, int top) {
        check(engine, rules(Optional.empty(), symmetric, top == 127), top);
    }

    /** Ranges and weights of a preset are those that libtorch takes of the backend of that name. */
    @Test
    void aPresetIsItsBackendsOwn() {
        Backend other = Backend.FBGEMM;
        ActivationRanges own = ranges(ScaleRules.ENGINE, Backend.QNNPACK);
        ActivationRanges moved = ranges(rules(Optional.of(QuantPreset.QNNPACK), false, false), other);
        assertThat(moved.byLayer()).isEqualTo(own.byLayer());
        assertThat(moved.levels())
                .isEqualTo(own.levels())
                .isNotEqualTo(ranges(ScaleRules.ENGINE, other).levels());
    }

    private static ActivationRanges ranges(ScaleRules rules, Backend backend) {
        QuantRecipe recipe = new QuantRecipe(
                        List.of(Digits.W2V + "feature_projection"), List.of(), ActivationObserver.MIN_MAX, false)
                .withRules(rules);
        try (AcousticModel model = open(Engine.LIBTORCH, Digits.MODEL, Optional.of(recipe), Optional.of(backend))) {
            return model.report().map(QuantReport::ranges).orElseThrow();
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        QuantRecipe searched = recipe(new ScaleRules(Optional.empty(), false, false, Optional.of(ScaleObjective.MSE)));
        assertThatThrownBy(() -> open(Engine.LIBTORCH, Digits.MODEL, Optional.of(searched), Optional.empty()))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContainingAll("calibration MSE", "NATIVE");
        ActivationRanges affine = new ActivationRanges(
                Map.of(Digits.W2V + "feature_projection.projection", new ActivationRange(0.1, 40)));
        QuantRecipe known = recipe(rules(Optional.empty(), true, false)).withRanges(affine);
        for (Engine engine : List.of(Engine.NATIVE, Engine.LIBTORCH)) {
            assertThatThrownBy(() -> open(engine, Digits.MODEL, Optional.of(known), Optional.empty()))
                    .as(engine.toString())
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContainingAll("zero point", "for symmetric activations");
        }
    }
}
