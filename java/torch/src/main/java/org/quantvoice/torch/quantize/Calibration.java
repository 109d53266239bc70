package org.quantvoice.torch.quantize;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.TorchCall;

/**
 * Runs the float model on the calibration audio twice: first to find the ranges of activations, then to measure the
 * noise that rounding to them causes.
 */
public final class Calibration {
    private final Observation model;
    private final List<Audio> audio;
    private final Progress progress;
    private final int threads;

    Calibration(Observation model, ModelRequest request) {
        this.model = model;
        this.audio = request.calibration();
        this.progress = request.progress();
        this.threads = request.threads();
    }

    /**
     * Returns the quantization of each observed tensor, by {@link Site#input()} and {@link Site#output()}.
     *
     * @throws QuantizationException if a recording cannot be run, or an activation is not finite
     */
    Map<String, QuantParams> ranges(ActivationObserver kind, RangeScheme scheme) {
        Map<String, RangeObserver> observers = new LinkedHashMap<>();
        Map<String, String> borders = new LinkedHashMap<>();
        model.sites().forEach(site -> {
            borders.put(site.input(), "the input of " + site.path());
            borders.put(site.output(), "the output of " + site.path());
        });
        each("calibrating", (name, tensor) -> observers
                .computeIfAbsent(name, tap -> RangeObserver.of(kind, borders.getOrDefault(tap, tap)))
                .add(tensor));
        Map<String, QuantParams> ranges = new LinkedHashMap<>();
        observers.forEach((name, observer) -> ranges.put(name, observer.params(scheme)));
        return ranges;
    }

    /** Returns the noise that rounding adds to the output of each static site, by {@link Site#id()}. */
    Map<String, OutputNoise> noise(Map<String, QuantParams> ranges) {
        Map<String, OutputNoise> noise = new LinkedHashMap<>();
        Map<String, Site> siteOfTap = new LinkedHashMap<>();
        model.sites().forEach(site -> siteOfTap.put(site.output(), site));
        each("measuring", (name, tensor) -> {
            Site site = siteOfTap.get(name);
            if (site != null) {
                noise.computeIfAbsent(
                                site.id(),
                                id -> new OutputNoise(site.kind().channelAxis(), requireNonNull(ranges.get(name))))
                        .add(tensor);
            }
        });
        return noise;
    }

    private void each(String step, BiConsumer<String, Tensor> consumer) {
        for (int i = 0; i < audio.size(); i++) {
            progress.report(step, i, audio.size());
            try (TorchCall call = new TorchCall(threads)) {
                float[] samples = audio.get(i).samples();
                Libtorch.call(() -> {
                    model.run(samples, consumer);
                    return samples;
                });
            } catch (TorchFailure e) {
                throw new QuantizationException(
                        "calibration recording " + (i + 1) + " of "
                                + audio.get(i).samples().length + " samples, on which the model fails ("
                                + e.getMessage() + ")",
                        "recordings that the model can transcribe",
                        "leave it out",
                        e);
            }
        }
        progress.report(step, audio.size(), audio.size());
    }
}
