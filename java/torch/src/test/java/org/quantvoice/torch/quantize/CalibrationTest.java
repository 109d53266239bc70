package org.quantvoice.torch.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.Digits;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.QuantScheme;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;

/** Our calibration and static islands against PyTorch's eager mode; the reference is made by make_reference.py. */
public class CalibrationTest {
    private static final QuantRecipe RECIPE =
            new QuantRecipe(Digits.STATIC, List.of(), ActivationObserver.HISTOGRAM, false);

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"FBGEMM"})
    void rangesEqualPyTorchHistogramObserver(Backend backend) throws IOException {
        Map<String, QuantParams> ranges = ranges(backend);
        int compared = 0;
        for (String line : resource("pytorch/scales.tsv").lines().skip(1).toList()) {
            String[] column = line.split("\t");
            String path = column[1];
            if (!column[0].equals(backend.name().toLowerCase(Locale.ROOT))) {
                continue;
            }
            String tap = path.endsWith(".quant") ? entry(path) : path + "#0:out";
            // the end of the search is decided by rounding (PyTorch sums in float, we in double): a few of 2,048 bins
            double tolerance = 0.01 * ranges.get(tap).scale();
            assertThat(ranges.get(tap).scale()).as(tap).isEqualTo(Double.parseDouble(column[2]), within(tolerance));
            assertThat(ranges.get(tap).zeroPoint()).as(tap).isCloseTo(Integer.parseInt(column[3]), within(1));
            compared++;
        }
        assertThat(compared).isEqualTo(18);
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"FBGEMM", "QNNPACK"})
    void staticIslandsGivePyTorchsLogProbs(Backend backend) {
        float[] expected = Digits.npy(Path.of(
                System.getProperty("quantvoice.root"),
                "java/torch/src/test/resources/pytorch/static-" + backend.name().toLowerCase(Locale.ROOT) + ".npy"));
        try (AcousticModel model = Digits.open(backend, stable(), List.of(), false)) {
            LogProbs got = model.run(Digits.utterance("test-nicolas-00").audio().samples());
            double sum = 0;
            for (int i = 0; i < expected.length; i++) {
                sum += Math.abs(expected[i] - got.data()[i]);
            }
            assertThat(sum / expected.length).isLessThan(0.1);
        }
    }

    /** The tutorial's modules without conv 0, whose rounding makes the output chaotic; each conv layer an island. */
    private static List<String> stable() {
        List<String> names = new ArrayList<>();
        for (int layer = 1; layer < 7; layer++) {
            names.add(Digits.W2V + "feature_extractor.conv_layers." + layer);
        }
        names.add(Digits.W2V + "feature_projection");
        return names;
    }

    private static String entry(String stub) {
        return stub.contains("feature_extractor")
                ? Digits.W2V + "feature_extractor.conv_layers.0.conv#0:in"
                : Digits.W2V + "feature_projection.layer_norm#0:in";
    }

    private static Map<String, QuantParams> ranges(Backend backend) {
        Libtorch.load();
        ModelRequest request = new ModelRequest(
                Digits.MODEL, Optional.of(RECIPE), Digits.calibration(), Optional.of(backend), 1, Progress.none());
        try (ScriptModule module = ScriptModule.load(Digits.MODEL, Optional.empty());
                TorchCall call = new TorchCall(1)) {
            ModuleTree tree = new ModuleTree(module.module());
            Observation model =
                    new WaveformObservation(FrozenScript.of(module.module(), tree), Selection.of(RECIPE, tree));
            return new Calibration(model, request)
                    .ranges(
                            ActivationObserver.HISTOGRAM,
                            QuantScheme.of(backend, ScaleRules.ENGINE).activations());
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = CalibrationTest.class.getClassLoader().getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
