package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.engine.QuantizingEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.WeightScheme;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.quantize.Quantizer;
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

/** Runs TorchScript models on libtorch; found by {@link java.util.ServiceLoader}. */
public final class TorchEngine implements QuantizingEngine {
    private static final Logger LOG = LoggerFactory.getLogger(TorchEngine.class);

    @Override
    public Engine engine() {
        return Engine.LIBTORCH;
    }

    @Override
    public int rank() {
        return 100;
    }

    @Override
    public boolean reads(Path model) {
        return ScriptArchive.looksLikeZip(model);
    }

    @Override
    public AcousticModel open(ModelRequest request) {
        ScriptArchive archive = ScriptArchive.check(request.model());
        Libtorch.load();
        request.backend().ifPresent(QuantizedEngine::require);
        if (request.recipe().isEmpty()) {
            Optional<Int8Settings> int8 = int8(archive, request.backend());
            ScriptModule module = ScriptModule.load(archive.path(), int8.map(Int8Settings::backend));
            TorchModel model = new TorchModel(module, int8, request.threads(), archive.bytes(), Optional.empty());
            return isStreaming(module) ? U2Model.of(model, module) : model;
        }
        return quantized(request, request.recipe().get(), archive);
    }

    private static boolean isStreaming(ScriptModule module) {
        try (TorchCall call = new TorchCall(1)) {
            return U2Script.matches(module.module());
        }
    }

    /** Refuses recipes with packed weights, budgets or searched scales, which only the native engine has. */
    private static void requireInt8(ModelRequest request, QuantRecipe recipe) {
        boolean other =
                recipe.weights().values().stream().anyMatch(w -> w.isPacked() || w.scheme() != WeightScheme.LINEAR);
        recipe.rules().objective().ifPresent(objective -> {
            throw new UnsupportedOperatorException(
                    "the calibration " + objective + " on engine LIBTORCH",
                    "engine NATIVE, which searches scales",
                    "save as .qv, or leave the calibration out");
        });
        if (other || request.tuning().isPresent()) {
            throw new UnsupportedOperatorException(
                    (other ? "weights " + recipe.weights() : "a budget") + " on engine LIBTORCH",
                    "int8 weights, or engine NATIVE for other widths and for budgets",
                    "save as .qv, or leave the widths out");
        }
    }

    private static AcousticModel quantized(ModelRequest request, QuantRecipe recipe, ScriptArchive archive) {
        requireInt8(request, recipe);
        Backend backend = request.backend().orElseGet(QuantizedEngine::preferred);
        try (ScriptModule original = ScriptModule.load(archive.path(), Optional.empty())) {
            Quantizer.Result result = new Quantizer(request, recipe, backend).quantize(original, archive.bytes());
            QuantReport report = result.report();
            TorchModel model = new TorchModel(
                    result.module(),
                    Optional.of(result.settings()),
                    request.threads(),
                    report.bytesAfter(),
                    Optional.of(report));
            return isStreaming(result.module()) ? U2Model.of(model, result.module()) : model;
        }
    }

    /** Returns the settings of an int8 model, or empty for a float model. */
    private static Optional<Int8Settings> int8(ScriptArchive archive, Optional<Backend> asked) {
        if (!archive.int8()) {
            return Optional.empty();
        }
        Int8Settings settings = Int8Settings.of(archive, asked);
        QuantizedEngine.require(settings.backend());
        return Optional.of(settings);
    }

    @Override
    public List<ModuleInfo> modules(Path model) {
        ScriptArchive archive = ScriptArchive.check(model);
        Libtorch.load();
        Optional<Backend> backend = int8(archive, Optional.empty()).map(Int8Settings::backend);
        try (ScriptModule module = ScriptModule.load(archive.path(), backend);
                TorchCall call = new TorchCall(1)) {
            return backend.isPresent()
                    ? Libtorch.call(() -> new ModuleTree(module.module()).describe())
                    : describe(model, module.module());
        }
    }

    private static List<ModuleInfo> describe(Path model, JitModule module) {
        try {
            return Libtorch.call(() -> RunningLayers.describe(module));
        } catch (TorchFailure | UnsupportedOperatorException e) {
            LOG.warn(
                    "no way to tell which layers of {} run, all are listed as quantizable ({})", model, e.getMessage());
            return Libtorch.call(() -> new ModuleTree(module).describe());
        }
    }
}
