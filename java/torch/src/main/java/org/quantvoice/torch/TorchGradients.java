package org.quantvoice.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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
                GradientGraph graph = new GradientGraph(module.module(), "forward", layers);
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
    static void holdParameters(ScriptModule module) {
        parameter_list list = module.module().parameters();
        for (parameter_iterator it = list.begin(), end = list.end(); it.notEquals(end); it.increment()) {
            it.multiply().set_requires_grad(false);
        }
    }

    private Map<String, List<float[]>> attempt(GradientGraph graph, float[] samples, int blank) {
        try {
            return Libtorch.call(() -> differentiate(graph, samples, blank));
        } catch (TorchFailure e) {
            int shortest = ShortestInput.find(samples.length, n -> runs(graph, n));
            throw shortest > samples.length ? TorchModel.tooShort(samples, shortest) : e;
        }
    }

    private boolean runs(GradientGraph graph, int samples) {
        try (PointerScope scope = new PointerScope()) {
            return Libtorch.call(
                    () -> logProbs(run(graph, new float[samples]).result()).size(0) > 0);
        } catch (TorchFailure e) {
            return false;
        }
    }

    private Map<String, List<float[]>> differentiate(GradientGraph graph, float[] samples, int blank) {
        try (PointerScope scope = new PointerScope()) {
            AutoGradMode gradients = new AutoGradMode(true);
            try {
                GradientGraph.Outputs outputs = run(graph, samples);
                retain(outputs);
                loss(logProbs(outputs.result()), samples, blank).backward();
                return gradients(outputs);
            } finally {
                gradients.deallocate();
            }
        }
    }

    private GradientGraph.Outputs run(GradientGraph graph, float[] samples) {
        return graph.run(ScriptModule.arguments(module.module(), ScriptModule.waveform(samples)));
    }

    private static Tensor logProbs(IValue result) {
        Tensor output = ScriptModule.outputTensor(result);
        Tensor rows = output.dim() == 3 ? output.squeeze(0) : output;
        // log_softmax changes nothing if the model has already applied it
        return torch.log_softmax(rows, 1);
    }

    static void retain(GradientGraph.Outputs outputs) {
        outputs.layers().values().forEach(tensors -> tensors.forEach(Tensor::retain_grad));
    }

    /** Returns the gradients of layers' outputs behind a loss, by path. */
    static Map<String, List<float[]>> gradients(GradientGraph.Outputs outputs) {
        Map<String, List<float[]>> all = new LinkedHashMap<>();
        outputs.layers()
                .forEach((path, tensors) -> all.put(
                        path, tensors.stream().map(t -> gradient(path, t)).toList()));
        return all;
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
                "module " + path + ", on which the loss does not depend", EXPECTED, CURE);
    }

    /** Returns the CTC loss against the tokens that the model itself recognises. */
    static Tensor loss(Tensor logProbs, float[] samples, int blank) {
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
