package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.TupleElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.torch.quantize.Quantizer;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;

/** Each type of layer by each method, against PyTorch's own quantized layer with the same ranges and weights. */
class LayersTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/layers");
    private static final Path MODEL = FOLDER.resolve("layers.pt");
    private static final List<String> NAMES = List.of(
            "linear",
            "linear_relu",
            "conv1d",
            "conv2d",
            "conv3d",
            "conv_bn_relu",
            "lstm",
            "gru",
            "lstm_cell",
            "gru_cell",
            "rnn_cell",
            "embedding",
            "bag");
    /** Float operators of other libtorch builds differ in the last bit. */
    private static final double EXACT = 1e-6;

    private static final float[] INPUT = Digits.npy(FOLDER.resolve("layers.in.npy"));

    private static QuantRecipe recipe(List<String> statics, List<String> dynamics) {
        return new QuantRecipe(statics, dynamics, ActivationObserver.MIN_MAX, false);
    }

    private static QuantRecipe half(List<String> names) {
        return recipe(List.of(), names).withWeights("", WeightFormat.BFLOAT16);
    }

    private static ModelRequest request(QuantRecipe recipe, Backend backend) {
        List<Audio> audio = List.of(new Audio(INPUT, 16000));
        return new ModelRequest(MODEL, Optional.of(recipe), audio, Optional.of(backend), 1, Progress.none());
    }

    /** The results of all layers, by name. */
    private static Map<String, float[]> run(QuantRecipe recipe, Backend backend) {
        ModelRequest request = request(recipe, backend);
        Libtorch.load();
        try (ScriptModule original = ScriptModule.load(MODEL, Optional.empty());
                ScriptModule quantized = new Quantizer(request, recipe, backend)
                        .quantize(original, 1)
                        .module();
                QuantizedEngine.Hold engine = QuantizedEngine.use(Optional.of(backend));
                TorchCall call = new TorchCall(1)) {
            TupleElements results = quantized
                    .module()
                    .get_method("forward")
                    .apply(quantized.inputs(INPUT))
                    .toTuple()
                    .elements();
            Map<String, float[]> byName = new HashMap<>();
            for (int i = 0; i < NAMES.size(); i++) {
                byName.put(NAMES.get(i), ScriptModule.floats(results.get(i).toTensor()));
            }
            return byName;
        }
    }

    private static float[] recorded(String method, Backend backend, String name) {
        String file =
                "layers." + method + "." + backend.name().toLowerCase(java.util.Locale.ROOT) + "." + name + ".npy";
        assertThat(Files.exists(FOLDER.resolve(file))).as(file).isTrue();
        return Digits.npy(FOLDER.resolve(file));
    }

    private static double worst(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
        }
        return worst;
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

    @ParameterizedTest
    @EnumSource(Backend.class)
    void staticLayersEqualPyTorchToOneLevel(Backend backend) {
        List<String> tiers = Kernels.supportedTiers();
        boolean saturates = tiers.contains("avx2") && tiers.stream().noneMatch(tier -> tier.contains("vnni"));
        assumeThat(saturates && backend == Backend.ONEDNN)
                .as("oneDNN's sums of two products saturate at 16 bits on this CPU, those of the recording do not")
                .isFalse();
        List<String> names = new ArrayList<>(NAMES.subList(0, 6));
        if (backend == Backend.QNNPACK) {
            names.remove("conv3d"); // cannot be saved, see backendsWithoutAForm
        }
        Map<String, float[]> results = run(recipe(names, List.of()), backend);
        for (String name : names) {
            float[] expected = recorded("static", backend, name);
            assertThat(worst(results.get(name), expected)).as(name).isLessThan(1.01 * step(expected));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"FBGEMM", "QNNPACK"})
    void dynamicLayersEqualPyTorch(Backend backend) {
        List<String> names = List.of("linear", "linear_relu", "lstm", "gru", "lstm_cell", "gru_cell", "rnn_cell");
        Map<String, float[]> results = run(recipe(List.of(), names), backend);
        for (String name : names) {
            assertThat(worst(results.get(name), recorded("dynamic", backend, name)))
                    .as(name)
                    .isLessThan(EXACT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"static", "dynamic"})
    void embeddingsEqualPyTorch(String method) {
        List<String> names = List.of("embedding", "bag");
        QuantRecipe recipe = method.equals("static") ? recipe(names, List.of()) : recipe(List.of(), names);
        Map<String, float[]> results = run(recipe, Backend.FBGEMM);
        for (String name : names) {
            assertThat(worst(results.get(name), recorded("dynamic", Backend.FBGEMM, name)))
                    .as(name)
                    .isLessThan(EXACT);
        }
    }

    @Test
    void halfPrecisionEqualsPyTorch() {
        List<String> names = List.of("linear", "linear_relu", "lstm", "gru", "lstm_cell", "gru_cell", "rnn_cell");
        Map<String, float[]> results = run(half(names), Backend.FBGEMM);
        for (String name : names) {
            assertThat(worst(results.get(name), recorded("float16", Backend.FBGEMM, name)))
                    .as(name)
                    .isLessThan(EXACT);
        }
    }

    /** A form that a backend lacks leaves the layer float, and the report says why. */
    @ParameterizedTest
    @CsvSource({"QNNPACK, linear, float16", "ONEDNN, lstm, float16", "QNNPACK, conv3d, static"})
    void backendsWithoutAForm(Backend backend, String name, String method) {
        List<String> names = List.of(name);
        QuantRecipe recipe = method.equals("static") ? recipe(names, List.of()) : half(names);
        Libtorch.load();
        try (ScriptModule original = ScriptModule.load(MODEL, Optional.empty())) {
            Quantizer.Result result = new Quantizer(request(recipe, backend), recipe, backend).quantize(original, 1);
            result.module().close();
            assertThat(result.report().keptFloat()).hasSize(1);
            assertThat(result.report().keptFloat().get(0).note()).startsWith(backend.name());
        }
    }

    /** A layer that a method cannot take is named, with the methods that can. */
    @ParameterizedTest
    @CsvSource({
        "lstm, static, 'LSTM', 'dynamic, float16'",
        "gru_cell, static, 'GRUCell', 'dynamic, float16'",
        "conv2d, dynamic, 'Conv2d', 'static'",
        "conv3d, float16, 'Conv3d', 'static'",
        "embedding, float16, 'Embedding', 'dynamic, static'",
    })
    void refusalsNameTheMethodsThatCan(String name, String method, String type, String possible) {
        List<String> names = List.of(name);
        QuantRecipe recipe =
                switch (method) {
                    case "static" -> recipe(names, List.of());
                    case "dynamic" -> recipe(List.of(), names);
                    default -> half(names);
                };
        assertThatThrownBy(() -> run(recipe, Backend.FBGEMM))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContainingAll("'" + name + "' (" + type + ") as " + method, "can take it: " + possible);
    }

    /** The table of the tutorial. */
    @ParameterizedTest
    @CsvSource({
        "linear, 'dynamic, float16, static'",
        "conv1d, static",
        "conv2d, static",
        "conv3d, static",
        "lstm, 'dynamic, float16'",
        "gru, 'dynamic, float16'",
        "lstm_cell, 'dynamic, float16'",
        "gru_cell, 'dynamic, float16'",
        "rnn_cell, 'dynamic, float16'",
        "embedding, 'dynamic, static'",
        "bag, 'dynamic, static'",
    })
    void theListingSaysWhatCanTakeALayer(String name, String methods) {
        List<ModuleInfo> modules = new TorchEngine().modules(MODEL);
        ModuleInfo module =
                modules.stream().filter(m -> m.path().equals(name)).findFirst().orElseThrow();
        assertThat(String.join(", ", module.quantizable())).isEqualTo(methods);
    }
}
