package org.quantvoice.torch.script;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.torch.archive.DeepStack;
import org.quantvoice.torch.graph.LengthArgument;
import org.quantvoice.torch.script.Libtorch.TorchFailure;

/**
 * A TorchScript module on the native side, in evaluation mode, and how its {@code forward} wants to be called. The owner frees
 * it with {@link #close()} and sees to it that no run is under way then.
 */
public final class ScriptModule implements AutoCloseable {
    private static final double SMALLEST = 1e-30;
    private static final DeviceOptional CPU = new DeviceOptional(new Device("cpu"));

    private static final AtomicLong LOADS = new AtomicLong();

    private final JitModule module;

    private @Nullable OutputForm form;
    private @Nullable Boolean tokenMajor;
    private @Nullable LengthArgument length;

    private ScriptModule(JitModule module) {
        this.module = module;
    }

    /**
     * Loads a module. @param backend the engine under which packed weights in the file are unpacked; empty if the file
     * has none
     * @throws ModelFormatException if libtorch cannot load it
     */
    public static ScriptModule load(Path path, Optional<Backend> backend) {
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend)) {
            return DeepStack.call(() -> read(path));
        } catch (TorchFailure e) {
            throw new ModelFormatException(
                    "a file that libtorch cannot load at " + path + " (" + e.getMessage() + ")",
                    "TorchScript of a PyTorch version up to 2.10",
                    "export the model again",
                    e);
        }
    }

    private static ScriptModule read(Path path) {
        try (TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> {
                LOADS.incrementAndGet();
                JitModule module = torch.load(path.toString(), CPU, false);
                module.eval();
                if (!module.find_method("forward").has_value() && !U2Script.matches(module)) {
                    throw new ModelFormatException(
                            "a TorchScript module without forward at " + path,
                            "a model with forward(wavs), or with the methods of WeNet's runtime",
                            "export it");
                }
                AttributeMoves.remove(module);
                TrainingMode.leave(module, path);
                return new ScriptModule(call.keep(module));
            });
        }
    }

    /** Returns how many times this process deserialised a file so far. */
    static long loads() {
        return LOADS.get();
    }

    public JitModule module() {
        return module;
    }

    /** Returns the log-probs of one utterance. The caller holds a {@link TorchCall} and the quantized engine. */
    public LogProbs run(float[] samples) {
        Tensor output = outputTensor(module.get_method("forward").apply(inputs(samples)));
        if (tokenMajor == null) {
            tokenMajor = output.dim() >= 2 && isTokenMajor(samples, LengthArgument.shape(output));
        }
        Tensor byFrame = tokenMajor ? output.transpose(-1, -2) : output;
        Tensor rows = byFrame.dim() == 3 ? byFrame.squeeze(0) : byFrame;
        if (rows.dim() != 2 || (output.dim() == 3 && output.size(0) != 1)) {
            throw new UnsupportedOperatorException(
                    "an output with " + output.dim() + " axes",
                    "log-probabilities [1, frames, vocabulary]",
                    "export a CTC model whose forward returns them");
        }
        if (form == null && rows.numel() > 0) {
            form = OutputForm.of(floats(rows), (int) rows.size(1));
        }
        Tensor logarithms = form == OutputForm.LOGITS
                ? torch.log_softmax(rows, 1)
                : form == OutputForm.PROBABILITIES
                        ? rows.clamp_min(new Scalar(SMALLEST)).log()
                        : rows;
        return new LogProbs(floats(logarithms), (int) rows.size(0), (int) rows.size(1));
    }

    /** Returns the tensor that {@code forward} returns, unchanged. */
    public Tensor raw(float[] samples) {
        return outputTensor(module.get_method("forward").apply(inputs(samples)));
    }

    /** Returns whether silence of that many samples gives any frame. */
    public boolean takes(int samples, int threads) {
        try (TorchCall call = new TorchCall(threads)) {
            return Libtorch.call(() -> run(new float[samples]).frames() > 0);
        } catch (TorchFailure | UnsupportedOperatorException e) {
            return false; // a streaming model may have no forward for a whole waveform
        }
    }

    /** Returns the arguments for {@code forward}, without self. */
    public IValueVector inputs(float[] samples) {
        IValueVector inputs = new IValueVector();
        arguments(module, waveform(samples), this::length).forEach(inputs::push_back);
        return inputs;
    }

    /**
     * Returns the kind of the length argument, which is found by a few runs at the first call. Threads that search at
     * the same time find the same.
     */
    public LengthArgument length() {
        LengthArgument found = length == null ? LengthArgument.find(module) : length;
        length = found;
        return found;
    }

    /**
     * Returns the arguments for {@code forward}, without self: the waveform, then the default of each further
     * parameter, or the full length for a length without default.
     *
     * @param waveform {@code [1, samples]}
     */
    public static List<IValue> arguments(JitModule module, Tensor waveform) {
        return arguments(module, waveform, () -> LengthArgument.find(module));
    }

    private static List<IValue> arguments(JitModule module, Tensor waveform, Supplier<LengthArgument> length) {
        Function forward = module.get_method("forward").function();
        Argument schema = forward.getSchema().arguments();
        List<IValue> arguments = new ArrayList<>();
        arguments.add(new IValue(waveform));
        for (long i = 2; i < forward.num_inputs(); i++) { // self is the first
            Argument argument = schema.getPointer(i);
            arguments.add(
                    argument.default_value().has_value()
                            ? argument.default_value().get()
                            : missing(argument, waveform.size(1), length));
        }
        return arguments;
    }

    private static IValue missing(Argument argument, long samples, Supplier<LengthArgument> length) {
        String type = Libtorch.text(argument.type().get().str());
        return switch (type) {
            case "Tensor" -> new IValue(length.get().full(samples));
            case "Tensor?", "Optional[Tensor]" -> new IValue();
            default ->
                throw new UnsupportedOperatorException(
                        "forward with argument '" + Libtorch.text(argument.name()) + "' of type " + type,
                        "forward(wavs) or forward(wavs, lengths)",
                        "export a model that takes the waveform and at most its length");
        };
    }

    /**
     * Returns whether tokens come before frames, so that the last axis grows with the recording and the one before it
     * does not.
     */
    private boolean isTokenMajor(float[] samples, long... shape) {
        try {
            float[] longer = java.util.Arrays.copyOf(samples, 2 * samples.length);
            long[] more = LengthArgument.shape(
                    outputTensor(module.get_method("forward").apply(inputs(longer))));
            int last = shape.length - 1;
            return more.length == shape.length && more[last] != shape[last] && more[last - 1] == shape[last - 1];
        } catch (RuntimeException e) {
            if (e.getClass() != RuntimeException.class) {
                throw e;
            }
            return false; // libtorch refuses the other length: for a trace of one length nothing tells the axes apart
        }
    }

    public static Tensor waveform(float[] samples) {
        // from_blob does not copy; the pointer must outlive the tensor, so a copy owned by libtorch is made
        try (FloatPointer data = new FloatPointer(samples)) {
            return torch.from_blob(data, 1, samples.length).clone();
        }
    }

    public static Tensor outputTensor(IValue value) {
        return LengthArgument.first(value);
    }

    public static float[] floats(Tensor tensor) {
        Tensor plain = tensor.to(torch.ScalarType.Float).contiguous();
        float[] data = new float[Math.toIntExact(plain.numel())];
        plain.data_ptr_float().get(data);
        return data;
    }

    @Override
    public void close() {
        module.deallocate();
    }
}
