package org.quantvoice.torch;

import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.export.MobileModel;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.torch.script.FailureWords;
import org.quantvoice.torch.script.Int8Settings;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.ScriptWriter;
import org.quantvoice.torch.script.ShortestInput;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.TracedLength;
import org.quantvoice.torch.script.UseCount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TorchScript model that runs on libtorch. */
final class TorchModel implements AcousticModel, MobileModel {
    private static final Logger LOG = LoggerFactory.getLogger(TorchModel.class);
    private static final Cleaner CLEANER = Cleaner.create();

    private final ScriptModule module;
    private final Optional<Int8Settings> int8;
    private final Optional<Backend> backend;
    private final int threads;
    private final long bytes;
    private final Optional<QuantReport> report;
    private final UseCount uses = new UseCount("the model");
    private final Owner owner;
    private final Cleaner.Cleanable cleanable;
    private volatile int vocabulary;

    TorchModel(
            ScriptModule module, Optional<Int8Settings> int8, int threads, long bytes, Optional<QuantReport> report) {
        this.module = module;
        this.int8 = int8;
        this.backend = int8.map(Int8Settings::backend);
        this.threads = threads;
        this.bytes = bytes;
        this.report = report;
        this.owner = new Owner(module);
        this.cleanable = CLEANER.register(this, owner);
    }

    @Override
    public LogProbs run(float[] samples) {
        uses.enter();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend)) {
            LogProbs logProbs = attempt(samples);
            vocabulary = logProbs.vocabulary();
            return logProbs;
        } finally {
            uses.leave();
        }
    }

    /** Runs native work on the module, with all that a run needs around it; may throw {@link TorchFailure}. */
    <T> T use(Function<TorchCall, T> work) {
        uses.enter();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(threads)) {
            return Libtorch.call(() -> work.apply(call));
        } finally {
            uses.leave();
        }
    }

    void vocabulary(int size) {
        vocabulary = size;
    }

    private LogProbs attempt(float[] samples) {
        int window = int8.map(Int8Settings::window).orElse(1);
        if (samples.length < window) {
            throw tooShort(samples, window);
        }
        try {
            return runOnce(samples);
        } catch (TorchFailure e) {
            int shortest = ShortestInput.find(samples.length, this::runs);
            if (shortest > samples.length) {
                throw tooShort(samples, shortest);
            }
            OptionalInt traced = TracedLength.find(samples.length, this::errorOf);
            if (traced.isPresent()) {
                throw otherLength(samples, traced.getAsInt(), e);
            }
            throw FailureWords.of(e, module);
        }
    }

    private static AudioFormatException otherLength(float[] samples, int traced, TorchFailure e) {
        return new AudioFormatException(
                "audio of " + samples.length + " samples for a model that was traced at another length ("
                        + e.getMessage() + ")",
                "a recording of its length, such as " + traced + " samples",
                "cut or pad the recording, or export the model with torch.jit.script, or trace it without sizes as numbers",
                e);
    }

    /** Returns the message with which libtorch refuses silence of that many samples, or empty if it runs. */
    private Optional<String> errorOf(int samples) {
        try {
            runOnce(new float[samples]);
            return Optional.empty();
        } catch (TorchFailure e) {
            return Optional.of(e.getMessage());
        }
    }

    static AudioFormatException tooShort(float[] samples, int window) {
        return new AudioFormatException(
                "audio of " + samples.length + " samples",
                "at least " + window + " samples, the model's window",
                "pass a longer recording or pad it with silence");
    }

    private LogProbs runOnce(float[] samples) {
        try (TorchCall call = new TorchCall(threads)) {
            return Libtorch.call(() -> module.run(samples));
        }
    }

    private boolean runs(int samples) {
        try {
            return runOnce(new float[samples]).frames() > 0;
        } catch (TorchFailure e) {
            return false;
        }
    }

    @Override
    public ModelInfo info() {
        uses.enter();
        try {
            return new ModelInfo(Engine.LIBTORCH, backend, isa(), threads, bytes, vocabulary);
        } finally {
            uses.leave();
        }
    }

    /** Returns the name of the instruction set that libtorch chose for its operators. */
    private static String isa() {
        try (PointerScope scope = new PointerScope()) {
            return "libtorch-" + Libtorch.text(torch.get_cpu_capability()).toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Optional<QuantReport> report() {
        uses.enter();
        try {
            return report;
        } finally {
            uses.leave();
        }
    }

    @Override
    public void save(Path target) {
        write(target, ScriptWriter.Form.PLAIN);
    }

    @Override
    public void saveForMobile(Path target) {
        write(target, ScriptWriter.Form.MOBILE);
    }

    private void write(Path target, ScriptWriter.Form form) {
        uses.enter();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend)) {
            ScriptWriter.write(module, int8, form, target);
        } finally {
            uses.leave();
        }
    }

    @Override
    public void close() {
        if (uses.close()) {
            owner.closed = true;
            cleanable.clean();
        }
    }

    /** Holds what the cleaner frees. It must not refer to the model, which else would never become unreachable. */
    private static final class Owner implements Runnable {
        private final ScriptModule module;
        private final Throwable openedAt = new Throwable("opened here");
        private volatile boolean closed;

        Owner(ScriptModule module) {
            this.module = module;
        }

        @Override
        public void run() {
            if (!closed) {
                LOG.warn("a model was not closed; its memory is freed now; use try-with-resources", openedAt);
            }
            module.close();
        }
    }
}
