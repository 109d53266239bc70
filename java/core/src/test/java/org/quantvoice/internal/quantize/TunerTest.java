package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Bfloat16Tensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

public class TunerTest {
    private static final int WIDTH = 48;
    private static final int LAYERS = 6;
    private static final int KERNEL = 20;
    private static final int RATE = 16_000;

    @TempDir
    Path folder;

    private Path model = Path.of("");

    /** A strided convolution, then linear layers of rising gain, with GELU between. */
    private static Graph graph(float gain) {
        Random random = new Random(3);
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Dim samples = wav.shape().dim(1);
        Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, samples)), wav);
        Attributes window = Attributes.of(
                "stride", new int[] {10}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        x = builder.add(Op.CONV1D, "conv", window, x, weight(builder, "conv", random, 1, WIDTH, 1, KERNEL));
        x = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), x);
        for (int i = 0; i < LAYERS; i++) {
            String name = "layers." + i;
            Value bias = builder.constant(name + ".bias", tensor(random, 0.1f, WIDTH), true);
            Value weight = weight(builder, name, random, gain * (1 + i), WIDTH, WIDTH);
            x = builder.add(
                    Op.GELU, "", Attributes.NONE, builder.add(Op.LINEAR, name, Attributes.NONE, x, weight, bias));
        }
        x = builder.add(Op.LINEAR, "head", Attributes.NONE, x, weight(builder, "head", random, 1, 9, WIDTH));
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), x)));
    }

    private static Value weight(GraphBuilder builder, String name, Random random, float gain, int... shape) {
        return builder.constant(name + ".weight", tensor(random, gain / (float) Math.sqrt(WIDTH), shape), true);
    }

    private static ArrayTensor tensor(Random random, float size, int... shape) {
        long[] dims = java.util.Arrays.stream(shape).asLongStream().toArray();
        float[] values = new float[(int) java.util.Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * size;
        }
        return ArrayTensor.of(values, dims);
    }

    private static Audio audio(int samples, int seed) {
        Random random = new Random(seed);
        float[] values = new float[samples];
        for (int i = 0; i < samples; i++) {
            values[i] = (float) (0.3 * Math.sin(i * 0.02 * (1 + seed)) + 0.05 * random.nextGaussian());
        }
        return new Audio(values, RATE);
    }

    @BeforeEach
    void writeModel() {
        model = folder.resolve("float.qv");
        QvFile.write(new QvModel(graph(1), Optional.empty(), Map.of()), model);
    }

    private NativeModel open(Tuning tuning, QuantRecipe recipe, List<Audio> audio) {
        return (NativeModel) new NativeEngine()
                .open(new ModelRequest(
                        model,
                        Optional.of(recipe),
                        audio,
                        Optional.empty(),
                        1,
                        Progress.none(),
                        Optional.empty(),
                        Optional.of(tuning),
                        true,
                        false,
                        Optional.empty()));
    }

    private static QuantRecipe recipe() {
        return new QuantRecipe(List.of("conv"), List.of("layers", "head"), ActivationObserver.MIN_MAX, true);
    }

    private static Tuning tuning(long budget) {
        return new Tuning(new SizeBudget(budget), Sensitivity.MEDIAN, ScaleObjective.MSE, WeightScheme.LINEAR);
    }

    private NativeModel tuned(Tuning tuning) {
        return open(tuning, recipe(), List.of(audio(3000, 1), audio(2111, 2)));
    }

    private static TuningReport report(NativeModel tuned) {
        return tuned.report().flatMap(QuantReport::tuning).orElseThrow();
    }

    private long smallest() {
        return smallest(recipe());
    }

    private long smallest(QuantRecipe recipe) {
        try {
            open(tuning(1), recipe, List.of(audio(3000, 1))).close();
        } catch (QuantizationException e) {
            return Long.parseLong(e.expected().replaceAll("(?s).*\\((\\d+) bytes\\).*", "$1"));
        }
        throw new AssertionError("a budget of 1 byte was met");
    }

    @Test
    void budgetsHoldInFileAndMemory() throws IOException {
        long least = smallest();
        long most = Files.size(model);
        Random random = new Random(11);
        for (int i = 0; i < 30; i++) {
            long budget = i == 0 ? least : least + (long) (random.nextDouble() * (most - least));
            Tuning asked = new Tuning(
                    new SizeBudget(budget),
                    Sensitivity.values()[i % 7],
                    ScaleObjective.values()[i % 3],
                    WeightScheme.LINEAR);
            Path file = folder.resolve("tuned" + i + ".qv");
            try (NativeModel tuned = tuned(asked)) {
                TuningReport report = report(tuned);
                tuned.save(file);
                assertThat(Files.size(file)).as("file for %s", budget).isEqualTo(report.fileBytes());
                assertThat(report.fileBytes()).isLessThanOrEqualTo(budget);
                assertThat(report.memoryBytes()).isLessThanOrEqualTo(budget);
                assertThat(tuned.weightBytes()).isPositive().isLessThanOrEqualTo(report.memoryBytes());
                assertSame(tuned, file);
            }
        }
    }

    private static void assertSame(NativeModel tuned, Path file) {
        try (NativeModel read = (NativeModel) new NativeEngine()
                .open(new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 2, Progress.none()))) {
            float[] samples = audio(1777, 5).samples();
            assertThat(read.run(samples).data())
                    .as(file.toString())
                    .isEqualTo(tuned.run(samples).data());
        }
    }

    @Test
    void packedWeightsGiveTheBitsOfTheSameValuesInInt8() {
        for (WeightFormat format : List.of(
                WeightFormat.linear(2),
                WeightFormat.linear(5),
                WeightFormat.linear(7),
                WeightFormat.log2(4),
                WeightFormat.log2(6))) {
            Quantizer quantizer = new Quantizer(
                    graph(1),
                    new QuantRecipe(List.of(), List.of(""), ActivationObserver.MIN_MAX, true).withWeights("", format));
            Graph packed = quantizer
                    .apply(quantizer.precisions(List.of(), (s, t) -> Map.of(), Progress.none()))
                    .graph();
            assertThat(run(packed)).as(format.toString()).isEqualTo(run(widened(packed)));
        }
    }

    private static Graph widened(Graph packed) {
        GraphCopy copy = new GraphCopy(packed);
        packed.constants().values().forEach(c -> {
            if (c.data() instanceof QuantizedTensor codes) {
                copy.replace(c.value(), copy.constant(c.name(), Int8Tensor.widen(codes)));
            }
        });
        packed.nodes().forEach(copy::add);
        return copy.build();
    }

    private static float[] run(Graph graph) {
        QvModel whole = new QvModel(graph, Optional.empty(), Map.of());
        try (NativeModel model = new NativeModel(whole, Optional.empty(), 0, 1, false)) {
            return model.run(audio(2000, 4).samples()).data();
        }
    }

    @Test
    void quieterLayersLoseBitsFirstAndSearchedScalesAreBetter() {
        long budget = smallest() * 3 / 2;
        double plain = noise(tuning(budget), ScaleObjective.MIN_MAX);
        assertThat(noise(tuning(budget), ScaleObjective.MSE)).isGreaterThan(plain + 1);
        assertThat(noise(tuning(budget), ScaleObjective.COSINE)).isGreaterThan(plain);
        try (NativeModel tuned = tuned(tuning(budget))) {
            List<TuningReport.Layer> layers = report(tuned).layers();
            assertThat(layers)
                    .extracting(TuningReport.Layer::path)
                    .startsWith("conv", "layers.0")
                    .endsWith("head");
            for (TuningReport.Layer a : layers) {
                assertThat(a.statistics().values()).containsOnlyKeys(Sensitivity.values());
                assertThat(layers)
                        .allMatch(b -> Math.abs(a.format().bits() - b.format().bits()) <= 1);
            }
        }
    }

    /** Mean SQNR of the layers. */
    private double noise(Tuning tuning, ScaleObjective objective) {
        Tuning asked = new Tuning(tuning.budget(), tuning.sensitivity(), objective, tuning.scheme());
        try (NativeModel tuned = tuned(asked)) {
            return report(tuned).layers().stream()
                    .mapToDouble(TuningReport.Layer::sqnr)
                    .average()
                    .orElseThrow();
        }
    }

    @Test
    void anAverageIsMetAsClosely() {
        for (double bits : new double[] {2, 4.5, 5, 8, 12.34, 32}) {
            Tuning asked = new Tuning(new AverageBits(bits), Sensitivity.L2, ScaleObjective.MSE, WeightScheme.LINEAR);
            try (NativeModel tuned = tuned(asked)) {
                TuningReport report = report(tuned);
                assertThat(report.averageBits()).hasValue(bits);
                assertThat(report.size()).isEmpty();
                assertThat(report.sensitivity()).isEqualTo(Sensitivity.L2);
                long weights = report.layers().stream()
                        .mapToLong(TuningReport.Layer::weights)
                        .sum();
                double step = report.layers().stream()
                                .mapToLong(TuningReport.Layer::weights)
                                .max()
                                .orElseThrow()
                        * (bits < 8 ? 1.0 : 16.0)
                        / weights;
                assertThat(report.meanBits()).isLessThanOrEqualTo(bits).isGreaterThan(bits - step);
            }
        }
    }

    /** Layers whose weights are set keep them, and the budget holds all the same. */
    @Test
    void setWeightsArePartOfTheBudget() throws IOException {
        QuantRecipe pinned = recipe().withWeights("head", WeightFormat.FLOAT)
                .withWeights("layers.1", WeightFormat.linear(3))
                .withWeights("layers.2", WeightFormat.BFLOAT16)
                .withWeights("layers.3", WeightFormat.INT8);
        List<Audio> audio = List.of(audio(3000, 1));
        long least = smallest(pinned);
        for (double part : new double[] {1, 1.3, 2}) {
            long budget = (long) (least * part);
            Path file = folder.resolve("pinned.qv");
            try (NativeModel tuned = open(tuning(budget), pinned, audio)) {
                TuningReport report = report(tuned);
                assertThat(report.layers())
                        .extracting(TuningReport.Layer::path)
                        .containsExactly("conv", "layers.0", "layers.4", "layers.5");
                tuned.save(file);
                assertThat(Files.size(file)).isEqualTo(report.fileBytes()).isLessThanOrEqualTo(budget);
                assertThat(report.memoryBytes()).isLessThanOrEqualTo(budget);
                assertThat(tuned.weightBytes()).isPositive().isLessThanOrEqualTo(report.memoryBytes());
                assertThat(stored(file))
                        .containsEntry("head.weight", "float")
                        .containsEntry("layers.1.weight", "int3")
                        .containsEntry("layers.2.weight", "bfloat16")
                        .containsEntry("layers.3.weight", "int8");
                assertSame(tuned, file);
            }
        }
        QuantRecipe all = recipe().withWeights("", WeightFormat.linear(4));
        assertThatThrownBy(() -> open(tuning(smallest() * 2), all, audio))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("whose weights are not set");
    }

    /** Formats of the weights in a file. */
    private static Map<String, String> stored(Path file) {
        try (Graph graph = QvFile.read(file).graph()) {
            Map<String, String> formats = new java.util.HashMap<>();
            graph.constants().values().forEach(c -> formats.put(c.name(), format(c.data())));
            return formats;
        }
    }

    private static String format(TensorData data) {
        return data instanceof QuantizedTensor codes
                ? codes.format().toString()
                : data instanceof Bfloat16Tensor ? "bfloat16" : "float";
    }

    @Test
    void badInputIsRefused() {
        long budget = smallest() * 2;
        assertThatThrownBy(() -> tuned(tuning(1L << 40)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("which the float model takes");
        assertThatThrownBy(() -> open(tuning(budget), recipe(), List.of()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no recordings");
        assertThatThrownBy(() -> open(tuning(budget), recipe(), List.of(audio(KERNEL - 1, 1))))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("at least " + KERNEL);
        assertThatThrownBy(() -> open(tuning(budget), recipe(), List.of(new Audio(new float[0], RATE))))
                .isInstanceOf(AudioFormatException.class);
        Tuning hessian =
                new Tuning(new SizeBudget(budget), Sensitivity.MAX, ScaleObjective.HESSIAN, WeightScheme.LINEAR);
        assertThatThrownBy(() -> tuned(hessian))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("HESSIAN");
    }

    @Test
    void silenceIsEnough() {
        try (NativeModel tuned = open(tuning(smallest() * 2), recipe(), List.of(new Audio(new float[4000], RATE)))) {
            assertThat(tuned.run(new float[1000]).data()).doesNotContain(Float.NaN);
        }
    }

    @Test
    void anActivationThatOverflowsNamesTheLayer() {
        QvFile.write(new QvModel(graph(1e12f), Optional.empty(), Map.of()), model);
        assertThatThrownBy(() -> tuned(tuning(100_000)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("layers.");
    }

    @Test
    void aRunThatIsStoppedLeavesNothingBehind() throws IOException {
        Path target = folder.resolve("old.qv");
        Files.writeString(target, "old");
        Progress stop = (step, done, total) -> {
            if (step.equals("choosing scales") && done == 3) {
                throw new IllegalStateException("stopped");
            }
        };
        ModelRequest request = new ModelRequest(
                model,
                Optional.of(recipe()),
                List.of(audio(3000, 1)),
                Optional.empty(),
                1,
                stop,
                Optional.empty(),
                Optional.of(tuning(smallest() * 2)),
                true,
                false,
                Optional.empty());
        assertThatThrownBy(() -> new NativeEngine().open(request).save(target)).hasMessage("stopped");
        assertThat(Files.readString(target)).isEqualTo("old");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(model, target);
        }
    }
}
