package org.quantvoice.torch.quantize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.quantvoice.engine.Backend;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Int8Settings;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.QuantScheme;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.ScriptWriter;
import org.quantvoice.torch.script.ShortestInput;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;

/**
 * Quantizes a TorchScript model by a recipe: freezes it, calibrates its static layers, rewrites its graphs, and writes it to a
 * temporary file from which it is loaded again. What runs is thus what {@code save} writes, and the float weights are gone.
 */
public final class Quantizer {
    private final ModelRequest request;
    private final QuantRecipe recipe;
    private final Backend backend;
    private final QuantScheme scheme;

    public Quantizer(ModelRequest request, QuantRecipe recipe, Backend backend) {
        this.request = request;
        this.recipe = recipe;
        this.backend = backend;
        this.scheme = QuantScheme.of(backend, recipe.rules());
    }

    /** A quantized module, not yet owned by a model. */
    public record Result(ScriptModule module, Int8Settings settings, QuantReport report) {}

    /**
     * @param original changed in form, not in what it computes
     * @throws QuantizationException if static modules are named and there is no audio
     */
    public Result quantize(ScriptModule original, long bytesBefore) {
        if (recipe.needsCalibration()
                && request.calibration().isEmpty()
                && recipe.ranges().byLayer().isEmpty()) {
            throw new QuantizationException(
                    "static modules and no calibration audio",
                    "a few recordings like those to be transcribed",
                    "pass them (calibrateOn), or make the modules dynamic");
        }
        Int8Settings settings =
                new Int8Settings(backend, ShortestInput.find(0, samples -> original.takes(samples, request.threads())));
        try {
            Path folder = Files.createTempDirectory("quantvoice-");
            Path file = folder.resolve("int8.pt");
            try {
                Rewritten rewritten = rewrite(original, settings, file);
                long bytes = Files.size(file);
                ScriptModule module = ScriptModule.load(file, Optional.of(backend));
                QuantReport report =
                        new QuantReport(rewritten.layers(), bytesBefore, bytes, Optional.empty(), rewritten.ranges());
                return new Result(module, settings, report);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (TorchFailure e) {
            throw new UnsupportedOperatorException(
                    "a model that libtorch cannot freeze or rewrite (" + e.getMessage() + ")",
                    "a model without attributes that change while it runs",
                    "name fewer modules, or run it without quantization",
                    e);
        } catch (IOException e) {
            throw new OutputException(
                    "no way to write a temporary file (" + e + ")", "room in the temporary folder", "make some", e);
        }
    }

    private record Rewritten(List<Layer> layers, ActivationRanges ranges) {}

    private Rewritten rewrite(ScriptModule original, Int8Settings settings, Path file) {
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(Optional.of(backend));
                TorchCall call = new TorchCall(request.threads())) {
            return Libtorch.call(() -> {
                ModuleTree tree = new ModuleTree(original.module());
                Selection selection = Selection.of(recipe, tree);
                Optional<StreamConstants> stream = streamConstants(original);
                FrozenScript script = FrozenScript.of(original.module(), tree);
                new BatchNormFolding(script, selection).fold();
                Guard guard = new Guard(recipe.guard());
                List<Site> sites = new ArrayList<>();
                Map<String, QuantParams> ranges = calibrate(script, selection, stream, guard, sites);
                List<Layer> layers = report(script, selection, guard);
                QuantPlan plan = new QuantPlan(script.module(), scheme, ranges, guard.keptFloat());
                for (String method : script.methods()) {
                    new GraphRewriter(script.graph(method), script, selection, plan).rewrite();
                }
                ScriptWriter.write(script.module(), Optional.of(settings), file);
                return new Rewritten(
                        layers,
                        KnownRanges.toSave(
                                ranges,
                                sites,
                                guard.keptFloat(),
                                scheme.activations().high()));
            });
        }
    }

    /** Returns the constants of a streaming model, or empty if it is none. */
    private static Optional<StreamConstants> streamConstants(ScriptModule original) {
        if (!U2Script.matches(original.module())) {
            return Optional.empty();
        }
        U2Script script = new U2Script(original.module());
        script.requireMethods();
        return Optional.of(script.constants());
    }

    /** @param sites gets the static sites */
    private Map<String, QuantParams> calibrate(
            FrozenScript script, Selection selection, Optional<StreamConstants> stream, Guard guard, List<Site> sites) {
        if (!recipe.needsCalibration()) {
            return Map.of();
        }
        Observation model = stream.<Observation>map(constants -> new StreamObservation(script, selection, constants))
                .orElseGet(() -> new WaveformObservation(script, selection));
        sites.addAll(model.sites());
        if (sites.isEmpty()) {
            return Map.of(); // embeddings need no ranges, so a recipe of embeddings alone needs no calibration
        }
        Map<String, QuantParams> known = KnownRanges.of(recipe.ranges(), sites, scheme.activations());
        if (request.calibration().isEmpty()) {
            sites.stream()
                    .filter(site -> !known.containsKey(site.output()))
                    .forEach(site -> guard.keepFloat(site, "the ranges have none for it"));
            return known;
        }
        Calibration calibration = new Calibration(model, request);
        Map<String, QuantParams> ranges = calibration.ranges(recipe.observer(), scheme.activations());
        ranges.putAll(known);
        guard.judge(sites, calibration.noise(ranges));
        return ranges;
    }

    private List<Layer> report(FrozenScript script, Selection selection, Guard guard) {
        List<Layer> layers = new ArrayList<>();
        Set<String> listed = new HashSet<>();
        for (String method : RunningLayers.methods(script)) {
            for (Site site : Site.of(script.graph(method), script, selection)) {
                Optional<String> obstacle = site.kind()
                        .lack(backend, site.method())
                        .or(() -> site.kind().obstacle(site.node()));
                obstacle.ifPresent(why -> guard.keepFloat(site, why));
                if (listed.add(site.id())) {
                    layers.add(guard.describe(site));
                }
            }
            Site.notTaken(script.graph(method), script, selection).stream()
                    .filter(layer -> listed.add(layer.path()))
                    .forEach(layers::add);
        }
        Stream.concat(recipe.staticModules().stream(), recipe.dynamicModules().stream())
                .filter(name -> layers.stream().noneMatch(layer -> ModuleTree.covers(name, layer.path())))
                .findFirst()
                .ifPresent(Quantizer::refuse);
        return layers;
    }

    private static void refuse(String unused) {
        throw new UnsupportedOperatorException(
                "module '" + unused + "', none of whose layers forward runs",
                "modules that forward runs",
                "leave it out of the recipe");
    }
}
