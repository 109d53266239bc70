package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.source.Gradients;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.SourcedGraph;
import org.quantvoice.source.StreamingGradients;
import org.quantvoice.source.StreamingGraphs;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.quantize.RunningLayers;
import org.quantvoice.torch.script.Int8Settings;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open TorchScript file. Its module is deserialised when it is first asked for, and serves the importer, the comparison, the
 * list of modules, gradients and the engine LIBTORCH alike.
 */
final class TorchImport implements ImportedModel {
    private static final Logger LOG = LoggerFactory.getLogger(TorchImport.class);

    /** Lengths in samples at which the import is tried if there is no graph for all lengths; the usual one first. */
    private static final long[] KNOWN_LENGTHS = {16_000, 64_000, 4_000};

    private final Path file;
    private @Nullable ScriptArchive archive;
    private @Nullable ScriptModule module;
    /** Under which packed weights of the module were unpacked; empty for a float model. */
    private Optional<Backend> backend = Optional.empty();
    /** True if calls in the module were inlined, after which no graph with the modules' paths can be made of it. */
    private boolean inlined;

    TorchImport(Path file) {
        this.file = file;
    }

    /** The file as a zip, checked before libtorch sees it. */
    ScriptArchive archive() {
        if (archive == null) {
            archive = ScriptArchive.check(file);
        }
        return archive;
    }

    /** The module under any backend, which stays this model's. */
    private ScriptModule module() {
        if (module != null) {
            return module;
        }
        // any backend will do: weights are packed while the file loads, and unpacked again to what they were
        return module(archive().int8() ? Optional.of(QuantizedEngine.preferred()) : Optional.empty());
    }

    /**
     * The module, which stays this model's.
     *
     * @param wanted the backend of an int8 model; empty for a float one
     */
    private ScriptModule module(Optional<Backend> wanted) {
        if (module != null && backend.equals(wanted)) {
            return module;
        }
        close();
        Path checked = archive().path();
        Libtorch.load();
        ScriptModule loaded = ScriptModule.load(checked, wanted);
        module = loaded;
        backend = wanted;
        return loaded;
    }

    /** The float module, which stays this model's, for whoever changes its form. */
    ScriptModule toRewrite() {
        ScriptModule script = module(Optional.empty());
        inlined = true;
        return script;
    }

    /** Hands the module over to the caller, who closes it. */
    ScriptModule take(Optional<Backend> wanted) {
        ScriptModule taken = module(wanted);
        module = null;
        inlined = false;
        return taken;
    }

    /** The module as its calls are written. */
    private ScriptModule unchanged() {
        if (inlined) {
            close();
        }
        return module();
    }

    @Override
    public Optional<StreamingGraphs> streaming() {
        ScriptModule script = unchanged();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return U2Script.matches(script.module()) ? Optional.of(U2Graphs.of(script)) : Optional.empty();
        }
    }

    @Override
    public Graph graph() {
        ScriptModule script = unchanged();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> GraphImporter.importFrom(script.module()));
        }
    }

    @Override
    public OptionalLong knownLength() {
        for (long samples : KNOWN_LENGTHS) {
            try {
                graph(samples).close();
                return OptionalLong.of(samples);
            } catch (UnsupportedOperatorException | ModelFormatException e) {
                LOG.debug("no graph of {} for {} samples", file, samples, e);
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public Graph graph(long samples) {
        ScriptModule script = unchanged();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> GraphImporter.importFrom(script.module(), samples, script::length));
        } catch (TorchFailure e) {
            throw new UnsupportedOperatorException(
                    "a model that does not run on " + samples + " samples (" + e.getMessage() + ")",
                    "a length that the model takes",
                    "check it in Python with a waveform [1, " + samples + "]",
                    e);
        }
    }

    @Override
    public SourcedGraph trials(Graph graph, List<float[]> inputs, boolean compare) {
        ScriptModule script = module();
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> new SourcedGraph(
                    graph, TorchTrials.of(script, inputs), archive().int8() || isNarrow(script.module())));
        }
    }

    @Override
    public Optional<Gradients> gradients() {
        requireFloat();
        return Optional.of((audio, layers, blank, threads, progress) ->
                new TorchGradients(toRewrite()).of(audio, layers, blank, threads, progress));
    }

    @Override
    public Optional<StreamingGradients> streamingGradients() {
        requireFloat();
        return Optional.of((part, recordings, layers, blank, threads, progress) ->
                new U2Gradients(toRewrite()).of(part, recordings, layers, blank, threads, progress));
    }

    private void requireFloat() {
        if (archive().int8()) {
            throw new UnsupportedOperatorException(
                    file + ", which is quantized already", TorchGradients.EXPECTED, TorchGradients.CURE);
        }
    }

    /** The modules of the file, parents before children, with what can be done to the layers at or below each. */
    List<ModuleInfo> modules() {
        boolean int8 = archive().int8();
        ScriptModule script = module(
                int8 ? Optional.of(Int8Settings.of(archive(), Optional.empty()).backend()) : Optional.empty());
        try (TorchCall call = new TorchCall(1)) {
            return int8 ? Libtorch.call(() -> new ModuleTree(script.module()).describe()) : describe(script.module());
        }
    }

    private List<ModuleInfo> describe(JitModule float32) {
        inlined = true;
        try {
            return Libtorch.call(() -> RunningLayers.describe(float32));
        } catch (TorchFailure | UnsupportedOperatorException e) {
            LOG.warn("no way to tell which layers of {} run, all are listed as quantizable ({})", file, e.getMessage());
            return Libtorch.call(() -> new ModuleTree(float32).describe());
        }
    }

    /** Returns whether parameters are of half precision, in which libtorch then computes. */
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

    @Override
    public void close() {
        if (module != null) {
            module.close();
            module = null;
        }
        inlined = false;
    }
}
