package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.export.MobileModel;
import org.quantvoice.internal.features.Fbank;
import org.quantvoice.internal.live.DecoderScores;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;

/**
 * A U2 model with WeNet's runtime interface on libtorch. As a {@link StreamingModel} it runs chunk by chunk; as an
 * {@link AcousticModel} it runs a whole utterance as one chunk, with full context. Audio is 16 kHz.
 */
final class U2Model implements AcousticModel, StreamingModel, MobileModel {
    private static final int SAMPLE_RATE = 16_000;
    /** The reverse weight that makes the script run its right-to-left decoder too, if it has one. */
    private static final double BOTH = 0.5;

    private final TorchModel model;
    private final U2Script script;
    private final StreamConstants constants;

    private U2Model(TorchModel model, U2Script script, StreamConstants constants) {
        this.model = model;
        this.script = script;
        this.constants = constants;
    }

    /** Work with the script on the native side. */
    interface Work<T> {
        T on(U2Script script, TorchCall call);
    }

    /**
     * Wraps a loaded module, which the result then owns.
     *
     * @throws org.quantvoice.error.UnsupportedOperatorException if methods are missing
     * @throws ModelFormatException if they do not work together
     */
    static U2Model of(TorchModel model, ScriptModule module) {
        U2Script script = new U2Script(module.module());
        try {
            StreamConstants constants = guarded(() -> model.use(call -> {
                script.requireMethods();
                return script.constants();
            }));
            U2Model made = new U2Model(model, script, constants);
            made.probe();
            return made;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Runs one frame of silence through all methods, so that a model that cannot work is refused when it is opened. */
    private void probe() {
        int frames = constants.rightContext() + 1;
        try (StreamingState state = open(1, 0)) {
            EncodedFrames encoded = state.encode(new float[frames * constants.melBins()], frames);
            if (encoded.frames() < 1) {
                String got = frames + " feature frames give no encoder frame";
                throw failure(got, new IllegalStateException(got));
            }
            DecoderScores scores =
                    decode(List.of(new int[] {constants.eos()}), encoded.encoder(), encoded.frames(), BOTH);
            if (constants.bidirectional() && scores.rightToLeft() == null) {
                throw U2Script.noReverseScores();
            }
            model.vocabulary(encoded.logProbs().vocabulary());
        }
    }

    /**
     * @throws ModelFormatException if libtorch fails
     */
    <T> T run(Work<T> work) {
        return guarded(() -> model.use(call -> work.on(script, call)));
    }

    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (TorchFailure e) {
            throw failure(e.getMessage(), e);
        }
    }

    static ModelFormatException failure(String what, Throwable cause) {
        return new ModelFormatException(
                "a streaming model that fails on a chunk (" + what + ")",
                "WeNet's runtime interface, for streams of any length",
                "end utterances earlier if the model has a table of positions, else export it as WeNet does (export_jit.py)",
                cause);
    }

    /** @param output {@code [1, frames, width]} */
    static EncodedFrames encoded(U2Script script, Tensor output) {
        float[] encoder = ScriptModule.floats(output);
        Tensor logProbs = script.logProbs(output);
        int frames = Math.toIntExact(logProbs.size(1));
        int vocabulary = Math.toIntExact(logProbs.size(2));
        return new EncodedFrames(
                encoder,
                Math.toIntExact(output.size(2)),
                new LogProbs(ScriptModule.floats(logProbs), frames, vocabulary));
    }

    @Override
    public StreamConstants constants() {
        return constants;
    }

    @Override
    public StreamingState open(int chunkFrames, int leftChunks) {
        // a stream whose chunk is the whole utterance has no left context
        long cacheSize = chunkFrames == Integer.MAX_VALUE ? 0 : leftChunks < 0 ? -1 : (long) chunkFrames * leftChunks;
        return new U2State(this, cacheSize);
    }

    @Override
    public DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight) {
        return run((on, call) -> {
            Tensor memory = U2Script.floats(encoder, 1, frames, encoder.length / frames);
            List<Tensor> out = on.decode(hypotheses, constants.sos(), memory, reverseWeight);
            Tensor forward = out.get(0);
            Tensor backward = out.get(1);
            return new DecoderScores(
                    ScriptModule.floats(forward),
                    reverseWeight > 0 && backward.dim() == 3 ? ScriptModule.floats(backward) : null,
                    Math.toIntExact(forward.size(1)),
                    Math.toIntExact(forward.size(2)));
        });
    }

    @Override
    public LogProbs run(float[] samples) {
        Fbank fbank = new Fbank(SAMPLE_RATE, constants.melBins());
        float[] features = fbank.accept(samples);
        int frames = features.length / constants.melBins();
        if (frames <= constants.rightContext()) {
            throw new AudioFormatException(
                    "audio of " + samples.length + " samples",
                    "at least " + (fbank.frameLength() + constants.rightContext() * fbank.frameShift())
                            + ", one frame of the model",
                    "pass a longer recording or pad it with silence");
        }
        try (StreamingState state = open(Integer.MAX_VALUE, 0)) {
            return state.encode(features, frames).logProbs();
        }
    }

    @Override
    public ModelInfo info() {
        return model.info();
    }

    @Override
    public Optional<QuantReport> report() {
        return model.report();
    }

    @Override
    public void save(Path target) {
        model.save(target);
    }

    @Override
    public void saveForMobile(Path target) {
        model.saveForMobile(target);
    }

    @Override
    public void close() {
        model.close();
    }
}
