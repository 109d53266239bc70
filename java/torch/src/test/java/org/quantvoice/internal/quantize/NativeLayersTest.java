package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.exec.GraphProbe;
import org.quantvoice.internal.npy.NpyFiles;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.source.OpenModel;

/**
 * Static layers of the native engine against PyTorch's own with the same scales and zero points, for the ranges of each of
 * PyTorch's backends. The native engine does not round the output, PyTorch does; layer_models.py recorded it.
 */
class NativeLayersTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/layers");
    /** In the order in which the model joins them. */
    private static final List<String> NAMES = List.of("linear", "linear_relu", "conv1d", "conv2d", "conv_bn_relu");

    private static final float[] INPUT = npy("layers.in.npy");
    /**
     * PyTorch's scale, the largest weight / 127.5, makes some weights -128, which the int8 contract does not have: they
     * become -127. But for that 99.8 % of the linear layer's outputs would have the same level.
     */
    private static final double SAME_LEVEL = 0.93;

    private static float[] npy(String name) {
        return NpyFiles.read(FOLDER.resolve(name)).data();
    }

    private static Graph graph() {
        Path file = FOLDER.resolve("products.pt");
        try (OpenModel opened = OpenModel.of(file)) {
            return BatchNormFolding.apply(opened.take(List.of(), false).graph());
        }
    }

    private static float[] run(Graph graph) {
        try (GraphProbe probe = new GraphProbe(graph)) {
            return probe.run(List.of(new long[] {1, INPUT.length}), Map.of(), Set.of(), INPUT)
                    .outputs()
                    .get(0);
        }
    }

    private static float[] quantized(QuantPreset preset) {
        ScaleRules rules = new ScaleRules(Optional.of(preset), false, false, Optional.empty());
        QuantRecipe recipe = new QuantRecipe(List.of(""), List.of(), ActivationObserver.MIN_MAX, true).withRules(rules);
        try (Graph floats = graph();
                GraphProbe probe = new GraphProbe(floats)) {
            Quantizer.FloatRun run =
                    (samples, taps) -> probe.run(List.of(new long[] {1, samples.length}), Map.of(), taps, samples)
                            .taps();
            Quantizer.Result result =
                    new Quantizer(floats, recipe).apply(List.of(new Audio(INPUT, 16_000)), run, Progress.none());
            assertThat(result.layers()).hasSameSizeAs(NAMES);
            return run(result.graph());
        }
    }

    /** The step between neighbouring levels of a result that was rounded. */
    private static double step(float[] rounded) {
        float[] sorted = rounded.clone();
        Arrays.sort(sorted);
        double least = Double.POSITIVE_INFINITY;
        for (int i = 1; i < sorted.length; i++) {
            double difference = (double) sorted[i] - sorted[i - 1];
            least = difference > 1e-5 ? Math.min(least, difference) : least;
        }
        return least;
    }

    /** Whole levels between two results; the second is on them. */
    private static long[] levels(float[] actual, float[] expected) {
        double step = step(expected);
        long[] off = new long[expected.length];
        for (int i = 0; i < off.length; i++) {
            off[i] = Math.abs(Math.round(actual[i] / step) - Math.round(expected[i] / step));
        }
        return off;
    }

    private static double same(long[] off) {
        return Arrays.stream(off).filter(o -> o == 0).count() / (double) off.length;
    }

    @ParameterizedTest
    @EnumSource(QuantPreset.class)
    void staticLayersEqualPyTorchToOneLevel(QuantPreset preset) {
        float[] all = quantized(preset);
        int at = 0;
        for (String name : NAMES) {
            float[] expected = npy("layers.static." + preset.name().toLowerCase(Locale.ROOT) + "." + name + ".npy");
            long[] off = levels(Arrays.copyOfRange(all, at, at + expected.length), expected);
            assertThat(Arrays.stream(off).max().orElseThrow())
                    .as("%s %s", preset, name)
                    .isLessThanOrEqualTo(1);
            assertThat(same(off))
                    .as("%s %s, share of equal levels", preset, name)
                    .isGreaterThan(SAME_LEVEL);
            at += expected.length;
        }
        assertThat(at).isEqualTo(all.length);
    }

    /** Other scales than the recorded ones would be seen: the float layers miss PyTorch's levels. */
    @Test
    void floatLayersDoNotPass() {
        float[] expected = npy("layers.static.qnnpack.linear.npy");
        try (Graph floats = graph()) {
            float[] actual = Arrays.copyOf(run(floats), expected.length);
            assertThat(same(levels(actual, expected))).isLessThan(SAME_LEVEL - 0.04);
        }
    }
}
