package org.quantvoice.torch.script;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.torch.script.Libtorch.TorchFailure;

/**
 * A TorchScript module on the native side, in evaluation mode, and how its {@code forward} wants to be called. The owner frees
 * it with {@link #close()} and sees to it that no run is under way then.
 */
public final class ScriptModule implements AutoCloseable {
    private static final double NORMALIZED = 1e-3;

    private final JitModule module;

    private ScriptModule(JitModule module) {
        this.module = module;
    }

    /**
     * @param backend the engine under which packed weights in the file are unpacked; empty if it has none
     * @throws ModelFormatException if libtorch cannot load it
     */
    public static ScriptModule load(Path path, Optional<Backend> backend) {
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> {
                JitModule module = torch.load(path.toString());
                module.eval();
                if (!module.find_method("forward").has_value() && !U2Script.matches(module)) {
                    throw new ModelFormatException(
                            "a TorchScript module without forward at " + path,
                            "a model with forward(wavs), or with the methods of WeNet's runtime",
                            "export it");
                }
                AttributeMoves.remove(module);
                return new ScriptModule(call.keep(module));
            });
        } catch (TorchFailure e) {
            throw new ModelFormatException(
                    "a file that libtorch cannot load at " + path + " (" + e.getMessage() + ")",
                    "TorchScript of a PyTorch version up to 2.10",
                    "export the model again",
                    e);
        }
    }

    public JitModule module() {
        return module;
    }

    /** Natural log-probabilities of one utterance; the caller holds a {@link TorchCall} and the quantized engine. */
    public LogProbs run(float[] samples) {
        Tensor output = outputTensor(module.get_method("forward").apply(inputs(samples)));
        Tensor rows = output.dim() == 3 ? output.squeeze(0) : output;
        if (rows.dim() != 2 || (output.dim() == 3 && output.size(0) != 1)) {
            throw new UnsupportedOperatorException(
                    "an output with " + output.dim() + " axes",
                    "log-probabilities [1, frames, vocabulary]",
                    "export a CTC model whose forward returns them");
        }
        float[] data = floats(rows);
        int vocabulary = (int) rows.size(1);
        if (data.length > 0 && !normalized(data, vocabulary)) {
            data = floats(torch.log_softmax(rows, 1)); // the model ends in logits
        }
        return new LogProbs(data, (int) rows.size(0), vocabulary);
    }

    /** Whether silence of so many samples gives frames. */
    public boolean takes(int samples, int threads) {
        try (TorchCall call = new TorchCall(threads)) {
            return Libtorch.call(() -> run(new float[samples]).frames() > 0);
        } catch (TorchFailure e) {
            return false;
        }
    }

    /** Arguments for {@code forward}, without self. */
    public IValueVector inputs(float[] samples) {
        IValueVector inputs = new IValueVector();
        arguments(module, waveform(samples)).forEach(inputs::push_back);
        return inputs;
    }

    /**
     * Arguments for {@code forward}, without self: the waveform, and for those behind it their defaults, or full length for a
     * length without default.
     *
     * @param waveform {@code [1, samples]}
     */
    public static List<IValue> arguments(JitModule module, Tensor waveform) {
        Function forward = module.get_method("forward").function();
        Argument schema = forward.getSchema().arguments();
        List<IValue> arguments = new ArrayList<>();
        arguments.add(new IValue(waveform));
        for (long i = 2; i < forward.num_inputs(); i++) { // self is the first
            Argument argument = schema.getPointer(i);
            arguments.add(
                    argument.default_value().has_value()
                            ? argument.default_value().get()
                            : missing(argument));
        }
        return arguments;
    }

    private static IValue missing(Argument argument) {
        String type = Libtorch.text(argument.type().get().str());
        return switch (type) {
            case "Tensor" -> new IValue(torch.ones(1));
            case "Tensor?", "Optional[Tensor]" -> new IValue();
            default ->
                throw new UnsupportedOperatorException(
                        "forward with argument '" + Libtorch.text(argument.name()) + "' of type " + type,
                        "forward(wavs) or forward(wavs, wav_lens)",
                        "export a model that takes the waveform and at most its relative length");
        };
    }

    public static Tensor waveform(float[] samples) {
        // from_blob does not copy; the pointer must outlive the tensor, so a copy owned by libtorch is made
        try (FloatPointer data = new FloatPointer(samples)) {
            return torch.from_blob(data, 1, samples.length).clone();
        }
    }

    public static Tensor outputTensor(IValue value) {
        if (value.isTensor()) {
            return value.toTensor();
        }
        if (value.isTuple()) {
            return outputTensor(value.toTuple().elements().get(0));
        }
        throw new UnsupportedOperatorException(
                "a forward that returns neither tensor nor tuple",
                "log-probabilities [1, frames, vocabulary]",
                "export a CTC model whose forward returns them");
    }

    public static float[] floats(Tensor tensor) {
        Tensor plain = tensor.to(torch.ScalarType.Float).contiguous();
        float[] data = new float[Math.toIntExact(plain.numel())];
        plain.data_ptr_float().get(data);
        return data;
    }

    private static boolean normalized(float[] rows, int vocabulary) {
        double sum = 0;
        for (int v = 0; v < vocabulary; v++) {
            sum += Math.exp(rows[v]);
        }
        return Math.abs(sum - 1) < NORMALIZED;
    }

    @Override
    public void close() {
        module.deallocate();
    }
}
