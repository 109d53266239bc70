package org.quantvoice.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.source.Gradients;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.ShortestInput;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.train.GradientGraph;
import org.quantvoice.torch.train.Utterance;

/** Gradients of a TorchScript module by libtorch's autograd: one run forth and back a recording, for all layers asked for. */
final class TorchGradients implements Gradients {
    static final String EXPECTED = "a float model whose forward can be differentiated";
    static final String CURE = "choose the calibration MSE, COSINE or MIN_MAX";

    private final ScriptModule module;

    /** @param module a float one; its {@code forward} is inlined in place, which changes no result */
    TorchGradients(ScriptModule module) {
        this.module = module;
    }

    @Override
    public List<Map<String, List<float[]>>> of(
            List<Audio> audio, Set<String> layers, int blank, int threads, Progress progress) {
        try (TorchCall call = new TorchCall(threads)) {
            return Libtorch.call(() -> {
                holdParameters(module);
                GradientGraph graph = new GradientGraph(module.module(), layers);
                List<Map<String, List<float[]>>> all = new ArrayList<>();
                for (Audio recording : audio) {
                    progress.report("gradients of the loss", all.size(), audio.size());
                    all.add(attempt(graph, recording.samples(), blank));
                }
                return all;
            });
        } catch (TorchFailure e) {
            throw new UnsupportedOperatorException(
                    "a model that libtorch cannot differentiate (" + e.getMessage() + ")", EXPECTED, CURE, e);
        }
    }

    /** Switches gradients of parameters off, because only activations are differentiated. */
    private static void holdParameters(ScriptModule module) {
        parameter_list list = module.module().parameters();
        for (parameter_iterator it = list.begin(), end = list.end(); it.notEquals(end); it.increment()) {
            it.multiply().set_requires_grad(false);
        }
    }

    private static Map<String, List<float[]>> attempt(GradientGraph graph, float[] samples, int blank) {
        try {
            return Libtorch.call(() -> differentiate(graph, samples, blank));
        } catch (TorchFailure e) {
            int shortest = ShortestInput.find(samples.length, n -> runs(graph, n));
            throw shortest > samples.length ? TorchModel.tooShort(samples, shortest) : e;
        }
    }

    private static boolean runs(GradientGraph graph, int samples) {
        try (PointerScope scope = new PointerScope()) {
            return Libtorch.call(() -> graph.run(ScriptModule.waveform(new float[samples]))
                            .logProbs()
                            .size(0)
                    > 0);
        } catch (TorchFailure e) {
            return false;
        }
    }

    private static Map<String, List<float[]>> differentiate(GradientGraph graph, float[] samples, int blank) {
        try (PointerScope scope = new PointerScope()) {
            AutoGradMode gradients = new AutoGradMode(true);
            try {
                // the waveform requires a gradient, so every layer's output does; the model gets a clone, as it may
                // write into its input
                Tensor waveform = ScriptModule.waveform(samples).requires_grad_(true);
                GradientGraph.Outputs outputs = graph.run(waveform.clone());
                outputs.layers().forEach((path, tensors) -> tensors.forEach(t -> retain(path, t)));
                loss(outputs.logProbs(), samples, blank).backward();
                Map<String, List<float[]>> all = new LinkedHashMap<>();
                outputs.layers()
                        .forEach((path, tensors) -> all.put(
                                path,
                                tensors.stream().map(t -> gradient(path, t)).toList()));
                return all;
            } finally {
                gradients.deallocate();
            }
        }
    }

    private static void retain(String path, Tensor output) {
        if (!output.requires_grad()) {
            throw independent(path);
        }
        output.retain_grad();
    }

    private static float[] gradient(String path, Tensor output) {
        Tensor gradient = output.grad();
        if (!gradient.defined()) {
            throw independent(path);
        }
        return ScriptModule.floats(gradient);
    }

    private static UnsupportedOperatorException independent(String path) {
        return new UnsupportedOperatorException(
                "module " + path + ", through which no gradient passes from the loss to the audio", EXPECTED, CURE);
    }

    /** Returns the CTC loss against the tokens that the model itself recognises. */
    private static Tensor loss(Tensor logProbs, float[] samples, int blank) {
        Tensor values = logProbs.detach();
        LogProbs own = new LogProbs(ScriptModule.floats(values), (int) values.size(0), (int) values.size(1));
        if (blank >= own.vocabulary()) {
            throw new UnsupportedOperatorException(
                    "blank " + blank + " for a model with " + own.vocabulary() + " outputs",
                    "an index below that",
                    "pass the token list that belongs to the model");
        }
        return new Utterance("", samples, greedy(own, blank)).totalLoss(logProbs, blank);
    }

    /** Returns the best token of each frame, without repetitions and blanks. */
    static int[] greedy(LogProbs logProbs, int blank) {
        List<Integer> tokens = new ArrayList<>();
        int last = blank;
        for (int f = 0; f < logProbs.frames(); f++) {
            int token = logProbs.argmax(f);
            if (token != last && token != blank) {
                tokens.add(token);
            }
            last = token;
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }
}
