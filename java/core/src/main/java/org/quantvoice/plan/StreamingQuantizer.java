package org.quantvoice.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.ModelRequest;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.quant.QuantRecipe;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.qv.QvFile;

/** Quantizes the graphs of a streaming model alike: dynamic int8, since there are no ranges of single chunks yet. */
final class StreamingQuantizer {
    private final QuantRecipe recipe;
    private final List<QuantReport.Layer> layers = new ArrayList<>();

    private StreamingQuantizer(QuantRecipe recipe) {
        this.recipe = recipe;
    }

    static AcousticModel open(
            StreamingGraphs graphs, ModelRequest request, Supplier<Map<String, String>> provenance, long bytesBefore) {
        if (request.recipe().isEmpty()) {
            return new NativeStreamingModel(graphs, Optional.empty(), provenance, bytesBefore, request.threads());
        }
        QuantRecipe recipe = request.recipe().get();
        if (recipe.needsCalibration()) {
            throw new UnsupportedOperatorException(
                    "static int8 for a streaming model",
                    "dynamic int8 on the native engine",
                    "name the modules with dynamicInt8");
        }
        StreamingQuantizer quantizer = new StreamingQuantizer(recipe);
        quantizer.checkNames(graphs);
        StreamingGraphs int8 = quantizer.apply(graphs);
        long bytes =
                int8.all().stream().skip(1).mapToLong(StreamingQuantizer::bytes).sum();
        QuantReport report = new QuantReport(quantizer.layers, bytesBefore, bytes);
        return new NativeStreamingModel(int8, Optional.of(report), provenance, bytes, request.threads());
    }

    /** A name that no graph knows is refused with the names of the largest one. */
    private void checkNames(StreamingGraphs graphs) {
        for (String name : recipe.dynamicModules()) {
            if (graphs.all().stream().noneMatch(g -> covers(name, g))) {
                new Quantizer(graphs.next(), dynamic(List.of(name)));
            }
        }
    }

    private static boolean covers(String name, Graph graph) {
        return Quantizer.layers(graph).stream()
                .anyMatch(
                        n -> name.isEmpty() || n.path().equals(name) || n.path().startsWith(name + "."));
    }

    private QuantRecipe dynamic(List<String> names) {
        return new QuantRecipe(List.of(), names, recipe.observer(), recipe.guard(), recipe.weights());
    }

    private StreamingGraphs apply(StreamingGraphs graphs) {
        Graph first = apply(graphs.first());
        layers.clear(); // the same layers as those of the next chunks
        return new StreamingGraphs(
                first, apply(graphs.next()), apply(graphs.ctc()), apply(graphs.decoder()), graphs.constants());
    }

    private Graph apply(Graph graph) {
        List<String> names =
                recipe.dynamicModules().stream().filter(n -> covers(n, graph)).toList();
        if (names.isEmpty()) {
            return graph;
        }
        Quantizer.Result result =
                new Quantizer(graph, dynamic(names)).apply(List.of(), (samples, taps) -> Map.of(), Progress.none());
        layers.addAll(result.layers());
        return result.graph();
    }

    private static long bytes(Graph graph) {
        return graph.constants().values().stream()
                .map(Constant::data)
                .mapToLong(QvFile::size)
                .sum();
    }
}
