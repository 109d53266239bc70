package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;

/** Small models with what the digits model has not: traced, logits and lengths; branches, shared and unused layers. */
class OtherModelsTest {
    private static final Audio NOISE = noise(1200, 5);

    @Test
    void tracedModelWithLengthsAndLogits() {
        List<ModuleInfo> modules = new TorchEngine().modules(BadInputTest.small("traced.pt"));
        assertThat(modules).extracting(ModuleInfo::path).contains("conv", "norm", "grouped", "out");
        assertThat(modules).extracting(ModuleInfo::type).contains("Conv1d", "LayerNorm", "Linear");
        try (AcousticModel model = open("traced.pt", Optional.empty())) {
            assertNormalized(model.run(NOISE.samples()));
        }
    }

    @Test
    void tracedModelBecomesInt8() {
        LogProbs expected;
        try (AcousticModel model = open("traced.pt", Optional.empty())) {
            expected = model.run(NOISE.samples());
        }
        QuantRecipe recipe = new QuantRecipe(List.of(""), List.of("out"), ActivationObserver.MIN_MAX, false);
        try (AcousticModel model = open("traced.pt", Optional.of(recipe))) {
            Map<String, Method> methods = model.report().orElseThrow().layers().stream()
                    .collect(Collectors.toMap(Layer::path, Layer::method));
            assertThat(methods)
                    .containsEntry("conv", Method.STATIC)
                    .containsEntry("norm", Method.STATIC)
                    .containsEntry("grouped", Method.STATIC)
                    .containsEntry("out", Method.DYNAMIC);
            assertClose(model.run(NOISE.samples()), expected, 0.1);
        }
    }

    @Test
    void branchesSharedAndOddLayers() {
        LogProbs expected;
        try (AcousticModel model = open("odd.pt", Optional.empty())) {
            expected = model.run(NOISE.samples());
            assertNormalized(expected);
        }
        QuantRecipe recipe = new QuantRecipe(List.of(""), List.of(), ActivationObserver.HISTOGRAM, false);
        try (AcousticModel model = open("odd.pt", Optional.of(recipe))) {
            List<Layer> layers = model.report().orElseThrow().layers();
            assertThat(layers)
                    .extracting(Layer::path)
                    .contains("conv", "twice", "branch", "head")
                    .doesNotContain("unused");
            assertThat(layers.stream().filter(l -> l.path().equals("twice"))).hasSize(2);
            assertThat(model.report().orElseThrow().keptFloat())
                    .extracting(Layer::path)
                    .containsExactly("same");
            assertClose(model.run(NOISE.samples()), expected, 0.2);
        }
    }

    @Test
    void layerThatForwardNeverRuns() {
        QuantRecipe recipe = new QuantRecipe(List.of(), List.of("unused"), ActivationObserver.MIN_MAX, true);
        assertThatThrownBy(() -> open("odd.pt", Optional.of(recipe)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("'unused'");
    }

    private static AcousticModel open(String name, Optional<QuantRecipe> recipe) {
        return new TorchEngine()
                .open(new ModelRequest(
                        BadInputTest.small(name),
                        recipe,
                        List.of(noise(2000, 1), noise(900, 2), NOISE),
                        recipe.map(r -> Backend.FBGEMM),
                        1,
                        Progress.none()));
    }

    private static Audio noise(int samples, long seed) {
        Random random = new Random(seed);
        float[] data = new float[samples];
        for (int i = 0; i < samples; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return new Audio(data, 16000);
    }

    private static void assertNormalized(LogProbs logProbs) {
        assertThat(logProbs.frames()).isGreaterThan(100);
        for (int f = 0; f < logProbs.frames(); f++) {
            double sum = 0;
            for (int v = 0; v < logProbs.vocabulary(); v++) {
                sum += Math.exp(logProbs.at(f, v));
            }
            assertThat(sum).isEqualTo(1, within(1e-4));
        }
    }

    private static void assertClose(LogProbs got, LogProbs expected, double meanDifference) {
        assertThat(got.frames()).isEqualTo(expected.frames());
        double sum = 0;
        for (int i = 0; i < expected.data().length; i++) {
            sum += Math.abs(got.data()[i] - expected.data()[i]);
        }
        assertThat(sum / expected.data().length).isBetween(1e-6, meanDifference);
    }
}
