package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.engine.Backend;
import org.quantvoice.graph.Graph;
import org.quantvoice.source.GraphSource;
import org.quantvoice.source.SourcedGraph;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.graph.LengthArgument;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.TracedLength;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Imports TorchScript files as graphs: float models, and models that PyTorch or this project quantized. */
public final class TorchGraphSource implements GraphSource {
    private static final Logger LOG = LoggerFactory.getLogger(TorchGraphSource.class);
    private static final int TRIALS = 2;

    @Override
    public boolean reads(Path model) {
        return ScriptArchive.looksLikeZip(model);
    }

    @Override
    public Graph read(Path model) {
        return readWithTrials(model, List.of()).graph();
    }

    @Override
    public SourcedGraph readWithTrials(Path model, List<float[]> inputs) {
        ScriptArchive archive = ScriptArchive.check(model);
        Libtorch.load();
        // any backend will do: libtorch packs the weights while the file loads, and the importer unpacks the same
        // weights again
        Optional<Backend> backend = archive.int8() ? Optional.of(QuantizedEngine.preferred()) : Optional.empty();
        try (ScriptModule module = ScriptModule.load(model, backend);
                QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> {
                Graph graph = GraphImporter.importFrom(module.module());
                return new SourcedGraph(graph, trials(module, inputs), archive.int8() || isNarrow(module.module()));
            });
        }
    }

    /** Runs the two shortest waveforms that the model takes, or one of the length that it was traced for. */
    private static List<SourcedGraph.Trial> trials(ScriptModule module, List<float[]> inputs) {
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

    /** Adds a run, or returns why the model cannot run these samples. */
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
            // JavaCPP throws libtorch's errors as plain RuntimeExceptions
            LOG.debug("the model takes no {} samples", samples.length, e);
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

    /** Returns whether the parameters are of half precision, in which libtorch then computes. */
    private static boolean isNarrow(JitModule module) {
        var parameters = module.parameters();
        for (var each = parameters.begin(); each.notEquals(parameters.end()); each.increment()) {
            ScalarType type = each.access().scalar_type().intern();
            if (type == ScalarType.Half || type == ScalarType.BFloat16) {
                return true;
            }
        }
        return false;
    }
}
