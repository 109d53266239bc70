package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
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
import org.quantvoice.source.OpenModel;
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
    private final List<Smoothing.Result> smoothed;
    private final OpenModel from;
    private final List<QuantReport.Layer> layers = new ArrayList<>();

    private StreamingQuantizer(
            StreamingGraphs graphs,
            ModelRequest request,
            QuantRecipe recipe,
            List<Smoothing.Result> smoothed,
            OpenModel from) {
        this.graphs = graphs;
        this.request = request;
        this.recipe = recipe;
        this.ranges = new PartRanges(graphs.all());
        this.smoothed = smoothed;
        this.from = from;
    }

    /**
     * @param kept packed weights for a model that is not quantized here
     * @param from where the graphs come from, asked for gradients if the calibration needs them
     */
    public static AcousticModel open(
            StreamingGraphs graphs,
            ModelRequest request,
            Supplier<Map<String, String>> provenance,
            long bytesBefore,
            Optional<KeptWeights> kept,
            OpenModel from) {
        StreamSource source = new StreamSource(request.tokens(), provenance, request.threads(), kept);
        if (request.recipe().isEmpty()) {
            return NativeStreamingModel.open(graphs, Optional.empty(), source, bytesBefore);
        }
        QuantRecipe recipe = request.recipe().get();
        List<Smoothing.Result> none = graphs.all().stream().map(Smoothing::none).toList();
        StreamingQuantizer quantizer = new StreamingQuantizer(graphs, request, recipe, none, from);
        quantizer.checkNames();
        quantizer.requireWeightsUsed();
        return quantizer.smooth().quantize(source, bytesBefore);
    }

    private Optional<ScaleObjective> objective() {
        return request.tuning().map(Tuning::objective).or(recipe.rules()::objective);
    }

    /** Moves scales within each part first, if the request asks for it. */
    private StreamingQuantizer smooth() {
        if (!objective().equals(Optional.of(ScaleObjective.SMOOTH))) {
            return this;
        }
        List<Smoothing.Part> parts = new ArrayList<>();
        try (StreamCalibration calibration = new StreamCalibration(graphs);
                KernelPool pool = KernelPool.of(request.threads())) {
            for (PieceRun run : calibration.all()) {
                Graph graph = graphs.all().get(parts.size());
                parts.add(new Smoothing.Part(graph, recipeOf(graph, parts.size()), run));
            }
            List<Smoothing.Result> found = Smoothing.apply(parts, request.calibration(), pool, request.progress());
            List<Graph> moved = found.stream().map(Smoothing.Result::graph).toList();
            return new StreamingQuantizer(graphs.with(moved), request, recipe, found, from);
        }
    }

    private AcousticModel quantize(StreamSource source, long bytesBefore) {
        int inputs = smoothed.stream().mapToInt(Smoothing.Result::inputs).sum();
        StreamSource told = inputs == 0
                ? source
                : new StreamSource(
                        source.tokens(),
                        () -> with(source.provenance().get(), "smoothedInputs", Integer.toString(inputs)),
                        source.threads(),
                        source.kept());
        if (request.tuning().isPresent()) {
            return tuned(request.tuning().get(), told, bytesBefore);
        }
        objective().ifPresent(objective -> LayerCalibration.requireAudio(objective, request.calibration()));
        StreamingGraphs int8 = apply();
        long bytes = int8.all().stream().mapToLong(StreamingQuantizer::bytes).sum();
        QuantReport report = new QuantReport(layers, bytesBefore, bytes, Optional.empty(), ranges(int8));
        return NativeStreamingModel.open(int8, Optional.of(report), told, bytes);
    }

    private static Map<String, String> with(Map<String, String> facts, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(key, value);
        return more;
    }

    private ActivationRanges ranges(StreamingGraphs int8) {
        List<ActivationRanges> found = new ArrayList<>();
        for (Graph graph : int8.all()) {
            found.add(smoothed.get(found.size()).kept(Quantizer.ranges(graph, recipe)));
        }
        return ranges.together(found);
    }

    /** The layers of all parts share the budget, and one file holds what they become. */
    private AcousticModel tuned(Tuning tuning, StreamSource source, long bytesBefore) {
        List<TunedPart> parts = new ArrayList<>();
        for (Graph graph : graphs.all()) {
            parts.add(new TunedPart(graph, recipeOf(graph, parts.size())));
        }
        Tuner.Result result;
        try (StreamCalibration calibration = new StreamCalibration(graphs);
                KernelPool pool = KernelPool.of(request.threads())) {
            Tuner tuner = new Tuner(
                    parts,
                    tuning,
                    request,
                    (quantized, facts) ->
                            QvStreamFile.fileSize(graphs.with(quantized).stored(request.tokens(), facts)),
                    part -> gradients(calibration, part));
            result = tuner.tune(calibration.all(), pool, source.provenance().get());
        }
        StreamingGraphs int8 = graphs.with(result.graphs());
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

    /** A name of which no graph has a layer is refused by the graph that has something by that name, or else the largest. */
    private void checkNames() {
        List<String> names = new ArrayList<>(recipe.dynamicModules());
        names.addAll(recipe.weights().keySet());
        for (String name : names) {
            if (graphs.all().stream().noneMatch(g -> covers(name, g))) {
                new Quantizer(nearest(name), only(List.of(), List.of(name), ActivationRanges.NONE));
            }
        }
        for (String name : recipe.staticModules()) {
            if (graphs.all().stream().noneMatch(g -> coversProducts(name, g))) {
                new Quantizer(nearest(name), only(List.of(name), List.of(), ActivationRanges.NONE));
            }
        }
    }

    private Graph nearest(String name) {
        return graphs.all().stream()
                .filter(g -> g.paths().stream().anyMatch(path -> Quantizer.covers(name, path)))
                .findFirst()
                .orElse(graphs.next());
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

    /** Returns whether a graph has layers by a name that can be dynamic. */
    private static boolean covers(String name, Graph graph) {
        return coversProducts(name, graph)
                || !DynamicLayers.covered(graph, name).isEmpty();
    }

    /** Returns whether a graph has layers by a name that can be static too. */
    private static boolean coversProducts(String name, Graph graph) {
        return QuantizableLayers.of(graph).stream().anyMatch(n -> Quantizer.covers(name, n.path()));
    }

    private QuantRecipe only(List<String> fixed, List<String> dynamic, ActivationRanges known) {
        return recipe.withModules(fixed, dynamic).withRanges(known);
    }

    /** Returns the part of the recipe that concerns one graph. */
    private QuantRecipe recipeOf(Graph graph, int part) {
        List<String> fixed = recipe.staticModules().stream()
                .filter(n -> coversProducts(n, graph))
                .toList();
        List<String> dynamic =
                recipe.dynamicModules().stream().filter(n -> covers(n, graph)).toList();
        return only(fixed, dynamic, ranges.of(part, recipe.ranges()));
    }

    /** The last graph first: calibration of each runs those before it, whose float weights go when they are quantized. */
    private StreamingGraphs apply() {
        try (StreamCalibration calibration = new StreamCalibration(graphs);
                KernelPool pool = KernelPool.of(request.threads())) {
            List<Graph> all = graphs.all();
            Graph[] int8 = new Graph[all.size()];
            for (int i = int8.length - 1; i >= 0; i--) {
                int8[i] = apply(all.get(i), recipeOf(all.get(i), i), calibration, i, pool);
            }
            return graphs.with(List.of(int8));
        }
    }

    private Graph apply(Graph graph, QuantRecipe own, StreamCalibration calibration, int part, KernelPool pool) {
        if (own.staticModules().isEmpty() && own.dynamicModules().isEmpty()) {
            return graph;
        }
        PieceRun run = calibration.all().get(part);
        PartSource source = calibration.sources().get(part);
        List<Audio> audio = request.calibration();
        Quantizer quantizer = new Quantizer(graph, own);
        DrownedLayers guard = new DrownedLayers(graph, source, audio);
        Quantizer.Result result = objective().isPresent()
                ? searched(graph, quantizer, guard, calibration, part, pool)
                : quantizer.apply(own.needsCalibration() ? audio : List.of(), run, request.progress(), guard);
        layers.addAll(0, new NoiseReport(graph, result, source, audio).layers());
        return result.graph();
    }

    /** Quantizes with ranges and scales that are chosen by the errors that they cause in the layers' outputs. */
    private Quantizer.Result searched(
            Graph graph,
            Quantizer quantizer,
            DrownedLayers guard,
            StreamCalibration calibration,
            int part,
            KernelPool pool) {
        List<Audio> audio = request.calibration();
        PieceRun run = calibration.all().get(part);
        LayerInputs inputs = new LayerInputs(run, audio, request.progress());
        ScaleObjective objective = objective().orElseThrow();
        Optional<OutputImportance> importance = OutputImportance.wanted(
                objective, graph, quantizer.distinctLayers(), request, () -> gradients(calibration, part));
        LayerCalibration search = new LayerCalibration(graph, inputs, pool, objective, importance);
        Map<Node, LayerPrecision> found = search.search(quantizer, audio, run, request.progress());
        quantizer.guard(found, guard);
        return quantizer.apply(found);
    }

    private Optional<LayerGradients> gradients(StreamCalibration calibration, int part) {
        return from.streamingGradients().map(found -> calibration.gradients(part, found, request));
    }

    private static long bytes(Graph graph) {
        return graph.constants().values().stream()
                .map(Constant::data)
                .mapToLong(QvFile::size)
                .sum();
    }
}
