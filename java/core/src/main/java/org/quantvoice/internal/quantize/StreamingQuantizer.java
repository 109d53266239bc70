package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.KeptWeights;
import org.quantvoice.internal.exec.NativeStreamingModel;
import org.quantvoice.internal.exec.StreamSource;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.source.StreamingGraphs;

/** Quantizes the graphs of a streaming model by one recipe. Ranges of static layers are found chunk by chunk. */
public final class StreamingQuantizer {
    private final QuantRecipe recipe;
    private final List<QuantReport.Layer> layers = new ArrayList<>();

    private StreamingQuantizer(QuantRecipe recipe) {
        this.recipe = recipe;
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
        requireNoObjective(request.recipe().get());
        StreamingQuantizer quantizer = new StreamingQuantizer(request.recipe().get());
        quantizer.checkNames(graphs);
        PartRanges ranges = new PartRanges(graphs.all());
        StreamingGraphs int8 = quantizer.apply(graphs, request, ranges);
        long bytes = int8.all().stream().mapToLong(StreamingQuantizer::bytes).sum();
        QuantReport report = new QuantReport(
                quantizer.layers,
                bytesBefore,
                bytes,
                Optional.empty(),
                ranges.together(int8.all().stream()
                        .map(g -> Quantizer.ranges(g, quantizer.recipe))
                        .toList()));
        return NativeStreamingModel.open(int8, Optional.of(report), source, bytes);
    }

    private static void requireNoObjective(QuantRecipe recipe) {
        recipe.rules().objective().ifPresent(objective -> {
            throw new UnsupportedOperatorException(
                    "the calibration " + objective + " for a streaming model",
                    "a model of whole utterances",
                    "leave the calibration out; scales are then those of the weights alone");
        });
    }

    /** Refuses a name that no graph knows, with the names of the largest graph. */
    private void checkNames(StreamingGraphs graphs) {
        for (String name : recipe.dynamicModules()) {
            if (graphs.all().stream().noneMatch(g -> covers(name, g))) {
                new Quantizer(graphs.next(), only(List.of(), List.of(name), ActivationRanges.NONE));
            }
        }
        for (String name : recipe.weights().keySet()) {
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

    private static boolean covers(String name, Graph graph) {
        return QuantizableLayers.of(graph).stream()
                .anyMatch(
                        n -> name.isEmpty() || n.path().equals(name) || n.path().startsWith(name + "."));
    }

    private QuantRecipe only(List<String> fixed, List<String> dynamic, ActivationRanges ranges) {
        return recipe.withModules(fixed, dynamic).withRanges(ranges);
    }

    /**
     * Quantizes the graphs, the last one first: calibration of each graph runs those before it, and their float
     * weights are freed when they are quantized.
     */
    private StreamingGraphs apply(StreamingGraphs graphs, ModelRequest request, PartRanges ranges) {
        ActivationRanges known = recipe.ranges();
        try (StreamCalibration calibration = new StreamCalibration(graphs)) {
            Optional<Graph> reverse =
                    graphs.reverse().map(g -> apply(g, request, calibration.decoder(g), ranges.of(3, known)));
            Graph decoder = graphs.decoder();
            decoder = apply(decoder, request, calibration.decoder(decoder), ranges.of(2, known));
            Graph ctc = apply(graphs.ctc(), request, calibration.ctc(), ranges.of(1, known));
            Graph next = apply(graphs.next(), request, calibration.encoder(), ranges.of(0, known));
            return new StreamingGraphs(next, ctc, decoder, reverse, graphs.constants());
        }
    }

    /** @param known ranges of this graph */
    private Graph apply(Graph graph, ModelRequest request, Quantizer.FloatRun run, ActivationRanges known) {
        List<String> fixed =
                recipe.staticModules().stream().filter(n -> covers(n, graph)).toList();
        List<String> dynamic =
                recipe.dynamicModules().stream().filter(n -> covers(n, graph)).toList();
        if (fixed.isEmpty() && dynamic.isEmpty()) {
            return graph;
        }
        Quantizer.Result result = new Quantizer(graph, only(fixed, dynamic, known))
                .apply(fixed.isEmpty() ? List.of() : request.calibration(), run, request.progress());
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
