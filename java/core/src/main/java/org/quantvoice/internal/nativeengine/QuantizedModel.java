package org.quantvoice.internal.nativeengine;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.quantize.DrownedLayers;
import org.quantvoice.internal.quantize.LayerCalibration;
import org.quantvoice.internal.quantize.LayerGradients;
import org.quantvoice.internal.quantize.LayerInputs;
import org.quantvoice.internal.quantize.NoiseReport;
import org.quantvoice.internal.quantize.OutputImportance;
import org.quantvoice.internal.quantize.PartSource;
import org.quantvoice.internal.quantize.PieceRun;
import org.quantvoice.internal.quantize.Quantizer;
import org.quantvoice.internal.quantize.ScaledTensor;
import org.quantvoice.internal.quantize.Smoothing;
import org.quantvoice.internal.quantize.TunedPart;
import org.quantvoice.internal.quantize.Tuner;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.source.OpenModel;

/**
 * Quantizes the graph of a whole model for this engine: scales are moved first if the request asks for it, then bits
 * are distributed within a budget, or weights and ranges are rounded as the recipe says.
 */
final class QuantizedModel {
    private QuantizedModel() {}

    private static AcousticModel tune(
            Graph floats,
            Smoothing.Result smoothed,
            QuantRecipe recipe,
            Tuning tuning,
            ModelRequest request,
            Map<String, String> found,
            OpenModel source) {
        Graph graph = smoothed.graph();
        Tuner tuner = new Tuner(
                List.of(new TunedPart(graph, recipe)),
                tuning,
                request,
                (graphs, facts) -> QvFile.fileSize(new QvModel(graphs.get(0), request.tokens(), facts)),
                part -> gradients(graph, request, source));
        Map<String, String> facts = Provenance.of(request.model(), Optional.of(recipe), request.calibration());
        facts.putAll(found);
        Tuner.Result tuned;
        try (NativeModel runner = floats(graph, request, found);
                KernelPool pool = KernelPool.of(request.threads())) {
            tuned = tuner.tune(List.of(PieceRun.whole(graph, runner::tap)), pool, facts);
        }
        Graph quantized = tuned.graphs().get(0);
        QuantReport report = new QuantReport(
                tuned.parts().get(0).layers(),
                ModelFiles.bytes(request.model()),
                tuned.report().fileBytes(),
                Optional.of(tuned.report()),
                smoothed.kept(Quantizer.ranges(quantized, recipe)));
        closeReplaced(floats, quantized, source);
        return NativeEngine.open(new QvModel(quantized, request.tokens(), tuned.facts()), Optional.of(report), request);
    }

    /**
     * Quantizes and opens a model.
     *
     * @param floats its graph, whose weights are closed as soon as they are of no use
     * @param facts what was found out when it was imported
     * @param source where it comes from, which is let go once the float weights are of no use
     */
    static AcousticModel of(
            Graph floats, QuantRecipe recipe, ModelRequest request, Map<String, String> facts, OpenModel source) {
        new Quantizer(floats, recipe).requireWeightsUsed();
        Smoothing.Result smoothed = smoothed(floats, recipe, request, facts);
        Map<String, String> found = new LinkedHashMap<>(facts);
        if (smoothed.inputs() > 0) {
            found.put("smoothedInputs", Integer.toString(smoothed.inputs()));
        }
        if (request.tuning().isPresent()) {
            return tune(floats, smoothed, recipe, request.tuning().get(), request, found, source);
        }
        Graph graph = smoothed.graph();
        Quantizer quantizer = new Quantizer(graph, recipe);
        Optional<ScaleObjective> objective = recipe.rules().objective();
        Quantizer.Result result = objective.isPresent()
                ? calibrated(graph, quantizer, objective.get(), request, found, source)
                : observed(graph, quantizer, recipe, request, found);
        List<Audio> calibration =
                recipe.needsCalibration() || objective.isPresent() ? request.calibration() : List.of();
        Map<String, String> provenance = Provenance.of(request.model(), Optional.of(recipe), calibration);
        provenance.putAll(found);
        QvModel model = new QvModel(result.graph(), request.tokens(), provenance);
        long before = ModelFiles.bytes(request.model());
        List<QuantReport.Layer> layers = new NoiseReport(
                        graph, result, PartSource.whole(graph, request.threads()), request.calibration())
                .layers();
        QuantReport report = new QuantReport(
                layers,
                before,
                QvFile.size(model),
                Optional.empty(),
                smoothed.kept(Quantizer.ranges(result.graph(), recipe)));
        closeReplaced(floats, result.graph(), source);
        return NativeEngine.open(model, Optional.of(report), request);
    }

    /**
     * Closes float weights that were quantized, before the int8 ones are packed, because nothing uses them any more;
     * the others belong to the new model, and are closed with it.
     */
    private static void closeReplaced(Graph floats, Graph quantized, OpenModel source) {
        source.letGo();
        Set<TensorData> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        quantized.constants().values().forEach(constant -> kept.add(source(constant.data())));
        floats.constants().values().stream()
                .map(Constant::data)
                .filter(data -> !kept.contains(data))
                .forEach(TensorData::close);
    }

    private static TensorData source(TensorData data) {
        return data instanceof ScaledTensor scaled ? scaled.source() : data;
    }

    private static Smoothing.Result smoothed(
            Graph floats, QuantRecipe recipe, ModelRequest request, Map<String, String> source) {
        Optional<ScaleObjective> objective =
                request.tuning().map(Tuning::objective).or(recipe.rules()::objective);
        if (!objective.equals(Optional.of(ScaleObjective.SMOOTH))) {
            return Smoothing.none(floats);
        }
        try (NativeModel runner = floats(floats, request, source);
                KernelPool pool = KernelPool.of(request.threads())) {
            Smoothing.Part whole = new Smoothing.Part(floats, recipe, PieceRun.whole(floats, runner::tap));
            return Smoothing.apply(List.of(whole), request.calibration(), pool, request.progress())
                    .get(0);
        }
    }

    private static Quantizer.Result observed(
            Graph graph, Quantizer quantizer, QuantRecipe recipe, ModelRequest request, Map<String, String> found) {
        DrownedLayers guard = guard(graph, request);
        if (request.calibration().isEmpty()) {
            quantizer.consuming(); // neither calibration nor the report of noise runs the float graph
        }
        if (!recipe.needsCalibration() || request.calibration().isEmpty()) {
            return quantizer.apply(request.calibration(), (samples, taps) -> Map.of(), request.progress(), guard);
        }
        try (NativeModel runner = floats(graph, request, found)) {
            return quantizer.apply(request.calibration(), runner::tap, request.progress(), guard);
        }
    }

    private static Optional<LayerGradients> gradients(Graph graph, ModelRequest request, OpenModel source) {
        return source.gradients().map(found -> LayerGradients.whole(graph, found, request));
    }

    private static DrownedLayers guard(Graph graph, ModelRequest request) {
        return new DrownedLayers(graph, PartSource.whole(graph, request.threads()), request.calibration());
    }

    private static NativeModel floats(Graph graph, ModelRequest request, Map<String, String> found) {
        QvModel floats = new QvModel(graph, Optional.empty(), found);
        return new NativeModel(floats, Optional.empty(), 0, request.threads(), false);
    }

    /** Quantizes with ranges and scales that are chosen by the errors that they cause in the layers' outputs. */
    private static Quantizer.Result calibrated(
            Graph graph,
            Quantizer quantizer,
            ScaleObjective objective,
            ModelRequest request,
            Map<String, String> facts,
            OpenModel source) {
        List<Audio> audio = request.calibration();
        LayerCalibration.requireAudio(objective, audio);
        List<Node> layers = quantizer.distinctLayers();
        Optional<OutputImportance> importance =
                OutputImportance.wanted(objective, graph, layers, request, () -> gradients(graph, request, source));
        try (NativeModel runner = floats(graph, request, facts);
                KernelPool pool = KernelPool.of(request.threads())) {
            LayerInputs inputs = new LayerInputs(graph, runner::tap, audio, request.progress());
            LayerCalibration calibration = new LayerCalibration(graph, inputs, pool, objective, importance);
            Map<Node, LayerPrecision> found = calibration.search(quantizer, audio, runner::tap, request.progress());
            quantizer.guard(found, guard(graph, request));
            return quantizer.apply(found);
        }
    }
}
