package org.quantvoice.torch.script;

import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.voice.SileroForm;
import org.quantvoice.torch.script.Libtorch.TorchFailure;

/**
 * A TorchScript model of voice activity: {@code forward(samples [1, n], rate)} gives one probability of speech and keeps its
 * state until the next call. An object is for one thread at a time.
 */
public final class VoiceScript implements AutoCloseable {
    private final ScriptModule module;
    private final Path file;
    private final int sampleRate;
    private final boolean rated;
    private boolean closed;

    private VoiceScript(ScriptModule module, Path file, int sampleRate, boolean rated) {
        this.module = module;
        this.file = file;
        this.sampleRate = sampleRate;
        this.rated = rated;
    }

    /**
     * Finds which arguments a module takes.
     *
     * @param module is closed with the result, or when this method throws
     * @throws UnsupportedOperatorException if its forward is of another form
     */
    public static VoiceScript of(ScriptModule module, Path file, int sampleRate) {
        try (TorchCall call = new TorchCall(1)) {
            Function forward = module.module().get_method("forward").function();
            long inputs = forward.num_inputs(); // self is the first
            boolean rated = inputs == 3
                    && Libtorch.text(forward.getSchema()
                                    .arguments()
                                    .getPointer(2)
                                    .type()
                                    .get()
                                    .str())
                            .equals("int");
            if (inputs != 2 && !rated) {
                throw refused(file, "whose forward has " + (inputs - 1) + " arguments", null);
            }
            return new VoiceScript(module, file, sampleRate, rated);
        } catch (RuntimeException | Error e) {
            module.close();
            throw e;
        }
    }

    private static UnsupportedOperatorException refused(Path file, String what, @Nullable TorchFailure cause) {
        return new UnsupportedOperatorException(
                file + ", a TorchScript model " + what,
                "a model of voice activity in Silero's form: forward(samples, rate) to one probability",
                "export it in this form, or leave it out: speech is then found by energy",
                cause);
    }

    /** Returns whether the model takes the sample rate as an argument. */
    public boolean asksForRate() {
        return rated;
    }

    /** Returns the number of samples of one call. */
    public int step() {
        return SileroForm.step(sampleRate);
    }

    /** Returns the probability of speech in the next samples. */
    public float run(float[] samples) {
        if (closed) {
            throw new IllegalStateException("got a closed model of voice activity; expected an open one");
        }
        try (TorchCall call = new TorchCall(1)) {
            float[] found = Libtorch.call(() -> {
                IValueVector inputs = new IValueVector();
                inputs.push_back(new IValue(ScriptModule.waveform(samples)));
                if (rated) {
                    inputs.push_back(new IValue((long) sampleRate));
                }
                return ScriptModule.floats(ScriptModule.outputTensor(
                        module.module().get_method("forward").apply(inputs)));
            });
            if (found.length != 1 || !(found[0] >= 0 && found[0] <= 1)) {
                throw refused(
                        file, "that gives " + Arrays.toString(found) + " for " + samples.length + " samples", null);
            }
            return found[0];
        } catch (TorchFailure e) {
            throw refused(file, "that fails on " + samples.length + " samples (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            module.close();
        }
    }
}
