package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.program.Strided;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.QuantReport.Method;

/** Layers that would drown quiet frames, on recordings of a loud and a faint half. */
class DrownedLayersTest {
    @TempDir
    Path folder;

    private List<QuantReport.Layer> layers(QuantRecipe recipe, float faint) {
        Path file = SmallModels.write(model(), folder.resolve("small.qv"));
        List<Audio> audio = List.of(new Audio(halves(faint), 16_000), new Audio(halves(faint), 16_000));
        ModelRequest request = new ModelRequest(
                file,
                Optional.of(recipe),
                audio,
                Optional.empty(),
                1,
                Progress.none(),
                Optional.empty(),
                Optional.empty(),
                true,
                false,
                Optional.empty());
        try (AcousticModel model = new NativeEngine().open(request)) {
            assertThat(model.run(halves(faint)).frames()).isPositive();
            return model.report().orElseThrow().layers();
        }
    }

    /** A convolution without a bias, whose faint frames a norm scales up, and the classes. */
    private static Graph model() {
        Random random = new Random(9);
        GraphBuilder builder = new GraphBuilder();
        Dim samples = Dim.symbol("T");
        Value wave = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, samples));
        Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, samples)), wave);
        Attributes settings = Attributes.of(
                "stride", new int[] {5}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        x = builder.add(
                Op.CONV1D, "conv", settings, x, builder.constant("conv.weight", chance(random, 8, 1, 10), true));
        x = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), x);
        x = builder.add(Op.LAYER_NORM, "norm", Attributes.of("axes", 1, "eps", 1e-12), x);
        x = builder.add(
                Op.LINEAR, "head", Attributes.NONE, x, builder.constant("head.weight", chance(random, 5, 8), true));
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), x)));
    }

    private static ArrayTensor chance(Random random, int... shape) {
        long[] dims = Arrays.stream(shape).asLongStream().toArray();
        float[] values = new float[(int) Strided.product(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return ArrayTensor.of(values, dims);
    }

    private static float[] halves(float faint) {
        float[] samples = new float[4000];
        Random random = new Random(5);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (random.nextFloat() - 0.5f) * (i < samples.length / 2 ? 1 : faint);
        }
        return samples;
    }

    private static QuantRecipe recipe(boolean fixed, boolean guard) {
        List<String> dynamic = fixed ? List.of("head") : List.of("conv", "head");
        return new QuantRecipe(fixed ? List.of("conv") : List.of(), dynamic, ActivationObserver.MIN_MAX, guard);
    }

    @Test
    void aLayerWhoseQuietFramesDrownStaysFloatAndSaysWhy() {
        List<QuantReport.Layer> layers = layers(recipe(true, true), 1e-3f);
        assertThat(layers).extracting(QuantReport.Layer::path).containsExactly("head", "conv");
        assertThat(layers.get(1).method()).isEqualTo(Method.KEPT_FLOAT);
        assertThat(layers.get(1).note()).contains("rounding drowns quiet frames", "at least 10 dB wanted");
        assertThat(layers.get(0).method()).isEqualTo(Method.DYNAMIC);
    }

    @Test
    void withTheGuardOffItIsRoundedAllTheSame() {
        assertThat(layers(recipe(true, false), 1e-3f).get(0).method()).isEqualTo(Method.STATIC);
    }

    @Test
    void windowsWithRangesOfTheirOwnDrownNothing() {
        assertThat(layers(recipe(false, true), 1e-3f)).allMatch(layer -> layer.method() == Method.DYNAMIC);
    }

    @Test
    void evenLevelsDrownNothing() {
        assertThat(layers(recipe(true, true), 1).get(0).method()).isEqualTo(Method.STATIC);
    }
}
