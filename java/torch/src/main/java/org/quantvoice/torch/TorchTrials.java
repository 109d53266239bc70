package org.quantvoice.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.source.SourcedGraph;
import org.quantvoice.torch.graph.LengthArgument;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TracedLength;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs of a TorchScript model on libtorch, to compare an engine with. */
final class TorchTrials {
    private static final Logger LOG = LoggerFactory.getLogger(TorchTrials.class);
    private static final int TRIALS = 2;

    private TorchTrials() {}

    /** Runs of the two shortest waveforms that the model takes, or of one of the length that it was traced for. */
    static List<SourcedGraph.Trial> of(ScriptModule module, List<float[]> inputs) {
        List<SourcedGraph.Trial> trials = new ArrayList<>();
        for (float[] samples : inputs) {
            if (trials.size() < TRIALS) {
                trial(module, samples, trials);
            }
        }
        if (trials.isEmpty() && !inputs.isEmpty()) {
            float[] sound = inputs.get(0);
            TracedLength.find(sound.length, n -> trial(module, repeated(sound, n), new ArrayList<>()))
                    .ifPresent(n -> trial(module, repeated(sound, n), trials));
        }
        return trials;
    }

    /** Adds a run, or says why there is none. */
    private static Optional<String> trial(ScriptModule module, float[] samples, List<SourcedGraph.Trial> trials) {
        try {
            Tensor output = module.raw(samples);
            if (output.numel() == 0) {
                return Optional.of("no frame");
            }
            trials.add(new SourcedGraph.Trial(samples, ScriptModule.floats(output), LengthArgument.shape(output)));
            return Optional.empty();
        } catch (RuntimeException e) {
            if (e.getClass() != RuntimeException.class) {
                throw e;
            }
            LOG.debug("the model takes no {} samples", samples.length, e); // libtorch's errors are plain ones
            return Optional.of(Libtorch.brief(e));
        }
    }

    private static float[] repeated(float[] sound, int samples) {
        float[] whole = new float[samples];
        for (int i = 0; i < samples; i++) {
            whole[i] = sound[i % sound.length];
        }
        return whole;
    }
}
