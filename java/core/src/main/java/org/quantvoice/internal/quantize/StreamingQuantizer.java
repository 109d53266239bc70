package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.KeptWeights;
import org.quantvoice.internal.exec.NativeStreamingModel;
import org.quantvoice.internal.exec.StreamSource;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvStreamFile;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.source.StreamingGraphs;

/**
 * Quantizes the graphs of a streaming model alike, or shares a budget out over the layers of all of them. Ranges of static layers
 * are found chunk by chunk.
 */
public final class StreamingQuantizer {
    private final StreamingGraphs graphs;
    private final ModelRequest request;
    private final QuantRecipe recipe;
    private final PartRanges ranges;
    private final List<QuantReport.Layer> layers = new ArrayList<>();

    private StreamingQuantizer(StreamingGraphs graphs, ModelRequest request, QuantRecipe recipe) {
        this.graphs = graphs;
        this.request = request;
        this.recipe = recipe;
        this.ranges = new PartRanges(graphs.all());
    }

    /** @param kept packed weights for a model that is not quantized here */
    public static AcousticModel open(
            StreamingGraphs graphs,
            ModelRequest request,
            Supplier<Map<String, String>> provenance,
            long bytesBefore,
            Optional<KeptWeights> kept) {
        StreamSource source = new StreamSource(request.tokens(), provenance, request.threads(), kept);
        if (request.recipe().isEmpty()) {
            return NativeStreamingModel.open(graphs, Optional.empty(), source, bytesBefore);
        }
        StreamingQuantizer quantizer =
                new StreamingQuantizer(graphs, request, request.recipe().get());
        quantizer.checkNames();
        quantizer.requireWeightsUsed();
        if (request.tuning().isPresent()) {
            return quantizer.tuned(request.tuning().get(), source, bytesBefore);
        }
        quantizer.recipe.rules().objective().ifPresent(objective -> {
            requireOwnOutputs(objective);
            LayerCalibration.requireAudio(objective, request.calibration());
        });
        StreamingGraphs int8 = quantizer.apply();
        long bytes = int8.all().stream().mapToLong(StreamingQuantizer::bytes).sum();
        QuantReport report =
                new QuantReport(quantizer.layers, bytesBefore, bytes, Optional.empty(), quantizer.ranges(int8));
        return NativeStreamingModel.open(int8, Optional.of(report), source, bytes);
    }

    private ActivationRanges ranges(StreamingGraphs int8) {
        return ranges.together(
                int8.all().stream().map(g -> Quantizer.ranges(g, recipe)).toList());
    }

    /** The layers of all parts share the budget, and one file holds what they become. */
    private AcousticModel tuned(Tuning tuning, StreamSource source, long bytesBefore) {
        requireOwnOutputs(tuning.objective());
        List<TunedPart> parts = new ArrayList<>();
        for (Graph graph : graphs.all()) {
            parts.add(new TunedPart(graph, recipeOf(graph, parts.size())));
        }
        Tuner tuner = new Tuner(
                parts,
                tuning,
                request,
                (quantized, facts) -> QvStreamFile.fileSize(with(quantized).stored(request.tokens(), facts)),
                Optional::empty);
        Tuner.Result result;
        try (StreamCalibration calibration = new StreamCalibration(graphs);
                KernelPool pool = KernelPool.of(request.threads())) {
            result = tuner.tune(calibration.all(), pool, source.provenance().get());
        }
        StreamingGraphs int8 = with(result.graphs());
        long bytes = result.report().fileBytes();
        QuantReport report = new QuantReport(
                result.parts().stream().flatMap(p -> p.layers().stream()).toList(),
                bytesBefore,
                bytes,
                Optional.of(result.report()),
                ranges(int8));
        StreamSource saved = new StreamSource(source.tokens(), result::facts, source.threads(), source.kept());
        return NativeStreamingModel.open(int8, Optional.of(report), saved, bytes);
    }

    /** Returns the same model with other graphs in the order of {@link StreamingGraphs#all()}. */
    private StreamingGraphs with(List<Graph> parts) {
        Optional<Graph> reverse = parts.size() > 3 ? Optional.of(parts.get(3)) : Optional.empty();
        return new StreamingGraphs(parts.get(0), parts.get(1), parts.get(2), reverse, graphs.constants());
    }

    private static void requireOwnOutputs(ScaleObjective objective) {
        if (objective == ScaleObjective.HESSIAN || objective == ScaleObjective.SMOOTH) {
            throw new QuantizationException(
                    "the calibration " + objective + " for a streaming model",
                    "MSE, COSINE or MIN_MAX, which look at the outputs of each layer alone",
                    "choose one of them, or tune a model of whole utterances");
        }
    }

    /** A name that no graph knows is refused with the names of the largest one. */
    private void checkNames() {
        List<String> names = new ArrayList<>(recipe.dynamicModules());
        names.addAll(recipe.weights().keySet());
        for (String name : names) {
            if (graphs.all().stream().noneMatch(g -> covers(name, g))) {
                new Quantizer(graphs.next(), only(List.of(), List.of(name), ActivationRanges.NONE));
            }
        }
        for (String name : recipe.staticModules()) {
            if (graphs.all().stream().noneMatch(g -> covers(name, g))) {
                new Quantizer(graphs.next(), only(List.of(name), List.of(), ActivationRanges.NONE));
            }
        }
    }

    /** Formats of weights that change nothing in any part are refused. */
    private void requireWeightsUsed() {
        List<Quantizer> parts = new ArrayList<>();
        for (Graph graph : graphs.all()) {
            parts.add(new Quantizer(graph, recipeOf(graph, parts.size())));
        }
        recipe.weights().forEach((name, format) -> {
            if (!format.equals(WeightFormat.FLOAT) && parts.stream().noneMatch(part -> part.rounds(name))) {
                throw Quantizer.unused(name, format);
            }
        });
    }

    private static boolean covers(String name, Graph graph) {
        return QuantizableLayers.of(graph).stream()
                .anyMatch(
                        n -> name.isEmpty() || n.path().equals(name) || n.path().startsWith(name + "."));
    }

    private QuantRecipe only(List<String> fixed, List<String> dynamic, ActivationRanges known) {
        return recipe.withModules(fixed, dynamic).withRanges(known);
    }

    /** Returns the part of the recipe that concerns one graph. */
    private QuantRecipe recipeOf(Graph graph, int part) {
        List<String> fixed =
                recipe.staticModules().stream().filter(n -> covers(n, graph)).toList();
        List<String> dynamic =
                recipe.dynamicModules().stream().filter(n -> covers(n, graph)).toList();
        return only(fixed, dynamic, ranges.of(part, recipe.ranges()));
    }

    /** The last graph first: calibration of each runs those before it, whose float weights go when they are quantized. */
    private StreamingGraphs apply() {
        try (StreamCalibration calibration = new StreamCalibration(graphs);
                KernelPool pool = KernelPool.of(request.threads())) {
            List<Graph> all = graphs.all();
            List<PieceRun> runs = calibration.all();
            Graph[] int8 = new Graph[all.size()];
            for (int i = int8.length - 1; i >= 0; i--) {
                int8[i] = apply(all.get(i), recipeOf(all.get(i), i), runs.get(i), pool);
            }
            return with(List.of(int8));
        }
    }

    private Graph apply(Graph graph, QuantRecipe own, PieceRun run, KernelPool pool) {
        if (own.staticModules().isEmpty() && own.dynamicModules().isEmpty()) {
            return graph;
        }
        Quantizer quantizer = new Quantizer(graph, own);
        Optional<ScaleObjective> objective = own.rules().objective();
        List<Audio> audio = request.calibration();
        Quantizer.Result result;
        if (objective.isPresent()) {
            LayerInputs inputs = new LayerInputs(run, audio, request.progress());
            LayerCalibration calibration = new LayerCalibration(graph, inputs, pool, objective.get(), Optional.empty());
            result = quantizer.apply(calibration.search(quantizer, audio, run, request.progress()));
        } else {
            result = quantizer.apply(own.needsCalibration() ? audio : List.of(), run, request.progress());
        }
        layers.addAll(0, result.layers());
        return result.graph();
    }

    private static long bytes(Graph graph) {
        return graph.constants().values().stream()
                .map(Constant::data)
                .mapToLong(QvFile::size)
                .sum();
    }
}
