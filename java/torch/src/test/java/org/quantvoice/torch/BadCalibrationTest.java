package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.ScriptWriter;
import org.quantvoice.torch.script.TorchCall;

/** Calibration on models and recordings that give no ranges. */
class BadCalibrationTest {
    private static final String PROJECTION = Digits.W2V + "feature_projection.projection";

    @TempDir
    Path folder;

    /** A model whose sums overflow in one layer. */
    private Path overflowing() {
        Libtorch.load();
        Path file = folder.resolve("huge.pt");
        try (ScriptModule module = ScriptModule.load(Digits.MODEL, Optional.empty());
                TorchCall call = new TorchCall(1)) {
            new ModuleTree(module.module())
                    .module(PROJECTION)
                    .attr("weight")
                    .toTensor()
                    .mul_(new Scalar(1e38f));
            ScriptWriter.write(module.module(), Optional.empty(), file);
        }
        return file;
    }

    private static void open(EngineProvider engine, Path model, ActivationObserver observer, float[] samples) {
        QuantRecipe recipe = new QuantRecipe(List.of(PROJECTION, "ctc_lin"), List.of(), observer, true);
        Optional<Backend> backend = engine instanceof TorchEngine ? Optional.of(Backend.FBGEMM) : Optional.empty();
        List<Audio> audio = List.of(new Audio(samples, 16_000));
        engine.open(new ModelRequest(model, Optional.of(recipe), audio, backend, 1, Progress.none()))
                .close();
    }

    private static float[] speech() {
        return java.util.Arrays.copyOf(Digits.calibration().get(0).samples(), 8000);
    }

    @ParameterizedTest
    @EnumSource
    void anOverflowNamesTheLayerOnLibtorch(ActivationObserver observer) {
        Path model = overflowing();
        assertThatThrownBy(() -> open(new TorchEngine(), model, observer, speech()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining(" at the output of " + PROJECTION + ";");
    }

    /** The native engine rounds inputs only, so it is the next layer that sees it. */
    @Test
    void anOverflowNamesTheLayerOnTheNativeEngine() {
        Path model = overflowing();
        assertThatThrownBy(() -> open(new NativeEngine(), model, ActivationObserver.HISTOGRAM, speech()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining(" at the input of ctc_lin");
    }

    @Test
    void recordingsShorterThanTheWindowAreNamed() {
        for (int samples : new int[] {1, 100, 399}) {
            assertThatThrownBy(() ->
                            open(new TorchEngine(), Digits.MODEL, ActivationObserver.HISTOGRAM, new float[samples]))
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContaining("calibration recording 1 of " + samples + " samples");
            assertThatThrownBy(() ->
                            open(new NativeEngine(), Digits.MODEL, ActivationObserver.HISTOGRAM, new float[samples]))
                    .isInstanceOfAny(QuantizationException.class, AudioFormatException.class)
                    .isInstanceOf(QuantVoiceException.class)
                    .hasMessageContaining("" + samples);
        }
    }
}
