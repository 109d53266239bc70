package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
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
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;

/** Static int8 of a model whose norms have outlier channels, made so by scales that cancel in float. */
public class SmoothingTest {
    private static final int WIDTH = 48;
    private static final int BLOCKS = 3;

    @TempDir
    Path folder;

    /** @param outlier what some channels of each norm are multiplied by, and the weights behind divided by */
    private static Graph graph(float outlier) {
        Random random = new Random(5);
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Dim samples = wav.shape().dim(1);
        Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, samples)), wav);
        Attributes window = Attributes.of(
                "stride", new int[] {10}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        x = builder.add(Op.CONV1D, "conv", window, x, tensor(builder, "conv.weight", random, WIDTH, 1, 20));
        x = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), x);
        for (int i = 0; i < BLOCKS; i++) {
            x = block(builder, x, "blocks." + i, random, outlier);
        }
        x = linear(builder, x, "head", random, 1);
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), x)));
    }

    private static Value block(GraphBuilder builder, Value x, String name, Random random, float outlier) {
        float[] gamma = new float[WIDTH];
        for (int c = 0; c < WIDTH; c++) {
            gamma[c] = (0.5f + random.nextFloat()) * (c % 16 == 3 ? outlier : 1);
        }
        Value weight = builder.constant(name + ".norm.weight", ArrayTensor.of(gamma, WIDTH), true);
        Attributes norm = Attributes.of("axes", 1, "eps", 1e-5);
        Value normed = builder.add(Op.LAYER_NORM, name + ".norm", norm, x, weight);
        Value gate = linear(builder, normed, name + ".gate", random, outlier);
        Value up = linear(builder, normed, name + ".up", random, outlier);
        Value open = builder.add(Op.SIGMOID, "", Attributes.NONE, gate);
        return builder.add(Op.ADD, "", Attributes.NONE, x, builder.add(Op.MUL, "", Attributes.NONE, open, up));
    }

    private static Value linear(GraphBuilder builder, Value x, String name, Random random, float outlier) {
        float[] weight = tensor(random, WIDTH * WIDTH);
        for (int i = 0; i < weight.length; i++) {
            weight[i] /= i % WIDTH % 16 == 3 ? outlier : 1;
        }
        Value bias = builder.constant(name + ".bias", ArrayTensor.of(tensor(random, WIDTH), WIDTH), true);
        Value weights = builder.constant(name + ".weight", ArrayTensor.of(weight, WIDTH, WIDTH), true);
        return builder.add(Op.LINEAR, name, Attributes.NONE, x, weights, bias);
    }

    private static Value tensor(GraphBuilder builder, String name, Random random, int... shape) {
        long[] dims = java.util.Arrays.stream(shape).asLongStream().toArray();
        int size = (int) java.util.Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        return builder.constant(name, ArrayTensor.of(tensor(random, size), dims), true);
    }

    private static float[] tensor(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextGaussian() / Math.sqrt(WIDTH));
        }
        return values;
    }

    private static Audio audio(int seed) {
        Random random = new Random(seed);
        float[] values = new float[3000 + 100 * seed];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.3 * Math.sin(i * 0.02 * (1 + seed)) + 0.1 * random.nextGaussian());
        }
        return new Audio(values, 16_000);
    }

    private static QuantRecipe recipe(List<String> fixed, List<String> dynamic, Optional<ScaleObjective> objective) {
        return new QuantRecipe(fixed, dynamic, ActivationObserver.HISTOGRAM, false)
                .withRules(new ScaleRules(Optional.empty(), false, false, objective));
    }

    private Path write(float outlier) {
        Path file = folder.resolve("float" + outlier + ".qv");
        QvFile.write(new QvModel(graph(outlier), Optional.empty(), Map.of()), file);
        return file;
    }

    private static AcousticModel open(
            Path file, Optional<QuantRecipe> recipe, Optional<Tuning> tuning, List<Audio> audio) {
        return new NativeEngine()
                .open(new ModelRequest(
                        file,
                        recipe,
                        audio,
                        Optional.empty(),
                        1,
                        Progress.none(),
                        Optional.empty(),
                        tuning,
                        true,
                        false,
                        Optional.empty()));
    }

    private static AcousticModel open(Path file, QuantRecipe recipe) {
        return open(file, Optional.of(recipe), Optional.empty(), List.of(audio(1), audio(2)));
    }

    /** Signal to noise of log-probs in dB on a recording that calibration has not heard. */
    private double decibels(Path file, QuantRecipe recipe) {
        float[] samples = audio(7).samples();
        try (AcousticModel floats = open(file, Optional.empty(), Optional.empty(), List.of());
                AcousticModel rounded = open(file, recipe)) {
            float[] exact = floats.run(samples).data();
            float[] noisy = rounded.run(samples).data();
            double signal = 0;
            double noise = 0;
            for (int i = 0; i < exact.length; i++) {
                signal += exact[i] * exact[i];
                noise += (exact[i] - noisy[i]) * (exact[i] - noisy[i]);
            }
            return 10 * Math.log10(signal / noise);
        }
    }

    private static QuantRecipe allStatic(Optional<ScaleObjective> objective) {
        return recipe(List.of("blocks"), List.of(), objective);
    }

    @Test
    void outlierChannelsCostNothingAnyMore() {
        double usual = decibels(write(1), allStatic(Optional.of(ScaleObjective.MSE)));
        for (float outlier : new float[] {50, 100}) {
            Path file = write(outlier);
            double smooth = decibels(file, allStatic(Optional.of(ScaleObjective.SMOOTH)));
            assertThat(smooth)
                    .as("outliers %s, none", outlier)
                    .isGreaterThan(decibels(file, allStatic(Optional.empty())) + 6);
            assertThat(smooth)
                    .as("outliers %s, MSE", outlier)
                    .isGreaterThan(decibels(file, allStatic(Optional.of(ScaleObjective.MSE))) + 6);
            assertThat(smooth).as("outliers %s, none made", outlier).isGreaterThan(usual - 2);
        }
    }

    @Test
    void theGuardKeepsNoLayerFloatAnyMore() {
        QuantRecipe guarded = new QuantRecipe(List.of("blocks"), List.of(), ActivationObserver.HISTOGRAM, true);
        Path file = write(100);
        for (ScaleObjective objective : List.of(ScaleObjective.MSE, ScaleObjective.SMOOTH)) {
            QuantRecipe recipe =
                    guarded.withRules(new ScaleRules(Optional.empty(), false, false, Optional.of(objective)));
            try (AcousticModel model = open(file, recipe)) {
                assertThat(model.report().orElseThrow().keptFloat().isEmpty())
                        .as("%s", objective)
                        .isEqualTo(objective == ScaleObjective.SMOOTH);
            }
        }
    }

    @Test
    void dynamicLayersBesideStaticOnesShareTheirScales() {
        Path file = write(100);
        List<String> fixed = List.of("blocks.0.up", "blocks.1.up", "blocks.2.up");
        List<String> dynamic = List.of("blocks.0.gate", "blocks.1.gate");
        double smooth = decibels(file, recipe(fixed, dynamic, Optional.of(ScaleObjective.SMOOTH)));
        assertThat(smooth).isGreaterThan(decibels(file, recipe(fixed, dynamic, Optional.empty())) + 6);
    }

    @Test
    void theFileSaysHowManyInputsAndKeepsRangesThatServeAgain() {
        Path file = write(80);
        List<String> fixed = List.of("conv", "blocks", "head");
        try (AcousticModel model = open(file, recipe(fixed, List.of(), Optional.of(ScaleObjective.SMOOTH)))) {
            assertThat(((NativeModel) model).provenance())
                    .containsEntry("smoothedInputs", "3")
                    .containsEntry("objective", "SMOOTH");
            assertThat(model.report().orElseThrow().ranges().byLayer().keySet())
                    .as("layers whose inputs are as they were")
                    .containsExactlyInAnyOrder("conv", "head");
        }
    }

    @Test
    void budgetsAreSharedOutOverSmoothedLayers() {
        Path file = write(100);
        List<Double> noise = new ArrayList<>();
        for (ScaleObjective objective : List.of(ScaleObjective.MSE, ScaleObjective.SMOOTH)) {
            Tuning tuning = new Tuning(new AverageBits(8), Sensitivity.MEDIAN, objective, WeightScheme.LINEAR);
            Optional<QuantRecipe> recipe = Optional.of(allStatic(Optional.empty()));
            try (AcousticModel model = open(file, recipe, Optional.of(tuning), List.of(audio(1), audio(2)))) {
                noise.add(model.report().orElseThrow().tuning().orElseThrow().layers().stream()
                        .mapToDouble(l -> l.sqnr())
                        .average()
                        .orElseThrow());
            }
        }
        assertThat(noise.get(1)).isGreaterThan(noise.get(0) + 6);
    }

    @Test
    void whatCannotBeSmoothedIsRefused() {
        Path file = write(10);
        Optional<ScaleObjective> smooth = Optional.of(ScaleObjective.SMOOTH);
        assertThatThrownBy(() -> open(file, Optional.of(allStatic(smooth)), Optional.empty(), List.of()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("SMOOTH and no calibration audio");
        assertThatThrownBy(() -> open(file, recipe(List.of(), List.of("blocks"), smooth)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no static layer");
        assertThatThrownBy(() -> open(file, recipe(List.of("head"), List.of("blocks"), smooth)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("none of which scales can be moved");
    }
}
