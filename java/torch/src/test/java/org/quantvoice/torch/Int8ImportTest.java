package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.source.OpenModel;

/** Models that are quantized already, run by the native engine without calibration. */
class Int8ImportTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/int8");

    @TempDir
    Path folder;

    private static AcousticModel open(Path file, Optional<QuantRecipe> recipe) {
        return new NativeEngine().open(new ModelRequest(file, recipe, List.of(), Optional.empty(), 1, Progress.none()));
    }

    private static AcousticModel open(String name) {
        return open(FOLDER.resolve(name + ".pt"), Optional.empty());
    }

    private static double rms(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum / a.length);
    }

    /**
     * PyTorch's int8 result is the oracle: the native one must lie as near to it as PyTorch's own rounding error is large,
     * and nearer to the float model, as it does not round what layers give out.
     */
    @ParameterizedTest
    @CsvSource({
        "static-fbgemm,3,0",
        "static-qnnpack,3,0",
        "fx-x86-frozen,4,0",
        "dynamic-qint8,0,2",
        "dynamic-float16,0,0"
    })
    void givesWhatPyTorchGives(String name, int statics, int dynamics) {
        float[] expected = Digits.npy(FOLDER.resolve(name + ".npy"));
        float[] floats = Digits.npy(FOLDER.resolve("float.npy"));
        try (AcousticModel model = open(name)) {
            float[] actual =
                    model.run(Digits.npy(FOLDER.resolve("int8.in.npy"))).data();
            assertThat(rms(actual, expected)).as("distance to PyTorch").isLessThan(1.3 * rms(expected, floats) + 1e-6);
            assertThat(rms(actual, floats)).as("distance to float").isLessThan(rms(expected, floats));
            List<Layer> layers = model.report().map(QuantReport::layers).orElse(List.of());
            assertThat(layers).filteredOn(l -> l.method() == Method.DYNAMIC).hasSize(dynamics);
            assertThat(layers).filteredOn(l -> l.method() == Method.STATIC).hasSize(statics);
        }
    }

    /** Scale, zero point and weights are PyTorch's to the last bit, but for -128. */
    @ParameterizedTest
    @ValueSource(strings = {"static-fbgemm", "static-qnnpack"})
    void takesNumbersOverAsTheyAre(String name) throws IOException {
        Map<String, String[]> expected = new HashMap<>();
        Files.readAllLines(FOLDER.resolve(name + ".tsv"))
                .forEach(line -> expected.put(line.split("\t")[0], line.split("\t")));
        try (OpenModel opened = OpenModel.of(FOLDER.resolve(name + ".pt"))) {
            Graph graph = opened.graph();
            for (Node node : graph.nodes()) {
                if (LayerPrecision.of(node).isInt8()) {
                    String[] facts = expected.remove(node.path());
                    assertThat(LayerPrecision.of(node).scale()).isEqualTo(Double.parseDouble(facts[1]));
                    assertThat(LayerPrecision.of(node).zero()).isEqualTo(Integer.parseInt(facts[2]));
                    Int8Tensor weight = (Int8Tensor)
                            graph.constant(node.input(1)).orElseThrow().data();
                    int sum = 0;
                    for (ByteBuffer values = weight.values(); values.hasRemaining(); ) {
                        sum += values.get();
                    }
                    assertThat(sum).isEqualTo(Integer.parseInt(facts[3]));
                    assertThat(weight.scales()[0]).isEqualTo((float) Double.parseDouble(facts[4]));
                }
            }
        }
        assertThat(expected).isEmpty();
    }

    /** What the LIBTORCH engine quantized and saved, back on the native engine: the same words, the same layers. */
    @Test
    void takesOurOwnFilesBack() {
        Path file = folder.resolve("digits.pt");
        AcousticModel libtorch = SharedModels.tutorial(Backend.FBGEMM);
        libtorch.save(file);
        List<Layer> made = libtorch.report().orElseThrow().layers();
        try (AcousticModel model = open(file, Optional.empty())) {
            List<String> layers = model.report().orElseThrow().layers().stream()
                    .map(Layer::path)
                    .toList();
            assertThat(layers)
                    .containsExactlyElementsOf(made.stream()
                            .filter(l ->
                                    l.method() != Method.KEPT_FLOAT && !l.type().equals("LayerNorm"))
                            .map(Layer::path)
                            .toList());
            assertThat(model.report().orElseThrow().bytesAfter()).isLessThan(3_300_000);
            for (int i = 0; i < Digits.test().size(); i += 10) {
                Digits.Utterance each = Digits.test().get(i);
                assertThat(Digits.greedy(model.run(each.audio().samples())))
                        .as(each.id())
                        .isEqualTo(Digits.referenceHypotheses().get(each.id()));
            }
            Digits.Utterance utterance = Digits.utterance("test-theo-04");
            float[] native8 = model.run(utterance.audio().samples()).data();
            float[] torch8 = libtorch.run(utterance.audio().samples()).data();
            assertThat(cosine(native8, torch8)).isGreaterThan(0.999);
            Path qv = folder.resolve("digits.qv");
            model.save(qv);
            try (AcousticModel again = open(qv, Optional.empty())) {
                assertThat(again.run(utterance.audio().samples()).data()).isEqualTo(native8);
            }
        }
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    @Test
    void refusesToQuantizeTwice() {
        QuantRecipe recipe = new QuantRecipe(List.of(), List.of(""), ActivationObserver.MIN_MAX, true);
        assertThatThrownBy(() -> open(FOLDER.resolve("dynamic-qint8.pt"), Optional.of(recipe)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("quantized already");
    }

    /** The int8 contract has none: such a layer keeps its weights and its input is not rounded. */
    @Test
    void weightsWithZeroPointsRunInFloat() {
        float[] expected = Digits.npy(FOLDER.resolve("affine-weights.npy"));
        float[] floats = Digits.npy(FOLDER.resolve("affine.float.npy"));
        try (AcousticModel model = open("affine-weights")) {
            float[] actual =
                    model.run(Digits.npy(FOLDER.resolve("int8.in.npy"))).data();
            assertThat(rms(actual, expected)).isLessThan(1.3 * rms(expected, floats));
            assertThat(rms(actual, floats)).isLessThan(rms(expected, floats));
            assertThat(model.report().orElseThrow().layers()).singleElement().satisfies(row -> {
                assertThat(row.path()).isEqualTo("up");
                assertThat(row.method()).isEqualTo(Method.KEPT_FLOAT);
                assertThat(row.note()).isEqualTo("int8 with zero points in the file, runs in float");
            });
        }
    }

    @Test
    void aDamagedFileIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(FOLDER.resolve("static-fbgemm.pt"));
        for (int length = 0; length < whole.length; length += 997) {
            Path file = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> open(file, Optional.empty())).isInstanceOf(ModelFormatException.class);
        }
    }
}
