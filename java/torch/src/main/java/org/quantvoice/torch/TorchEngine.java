package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.WeightScheme;
import org.quantvoice.source.ImportingEngine;
import org.quantvoice.source.OpenModel;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.quantize.Quantizer;
import org.quantvoice.torch.script.Int8Settings;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;

/** Runs TorchScript models on libtorch; found by {@link java.util.ServiceLoader}. */
public final class TorchEngine implements ImportingEngine {
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
    public AcousticModel open(ModelRequest request, OpenModel opened) {
        TorchImport script = script(opened);
        ScriptArchive archive = script.archive();
        Libtorch.load();
        request.backend().ifPresent(QuantizedEngine::require);
        if (request.recipe().isEmpty()) {
            Optional<Int8Settings> int8 = int8(archive, request.backend());
            ScriptModule module = script.take(int8.map(Int8Settings::backend));
            TorchModel model = new TorchModel(module, int8, request.threads(), archive.bytes(), Optional.empty());
            return isStreaming(module) ? U2Model.of(model, module) : model;
        }
        return quantized(request, request.recipe().get(), script, opened);
    }

    /** The open file, if it is one that this engine runs. */
    private static TorchImport script(OpenModel opened) {
        if (opened.isForeign() && opened.imported() instanceof TorchImport script) {
            return script;
        }
        ScriptArchive.check(opened.file()); // says what the file is instead
        throw new ModelFormatException(
                opened.file() + ", which is no TorchScript file",
                "a TorchScript file (.pt)",
                "run it on the engine NATIVE, or pass a model saved by torch.jit.save");
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

    private static AcousticModel quantized(
            ModelRequest request, QuantRecipe recipe, TorchImport script, OpenModel opened) {
        requireInt8(request, recipe);
        Backend backend = request.backend().orElseGet(QuantizedEngine::preferred);
        ScriptModule original = script.toRewrite();
        Quantizer.Result result = new Quantizer(request, recipe, backend)
                .quantize(original, script.archive().bytes());
        opened.letGo(); // the float weights are of no use any more
        QuantReport report = result.report();
        TorchModel model = new TorchModel(
                result.module(),
                Optional.of(result.settings()),
                request.threads(),
                report.bytesAfter(),
                Optional.of(report));
        return isStreaming(result.module()) ? U2Model.of(model, result.module()) : model;
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
    public List<ModuleInfo> modules(OpenModel opened) {
        TorchImport script = script(opened);
        Libtorch.load();
        int8(script.archive(), Optional.empty()); // refuses one that this CPU cannot run
        return script.modules();
    }
}
