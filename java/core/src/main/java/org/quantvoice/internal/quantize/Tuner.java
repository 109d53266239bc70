package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.Budget;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightFormat;

/**
 * Chooses mixed precision for a budget and a user: the outputs of the float layers for a few recordings show which
 * layers need more bits (Fish, Michieli, Ozay: "A Model for Every User and Budget", 2023). It needs no labels and no
 * training.
 */
public final class Tuner {
    private final Graph graph;
    private final QuantRecipe recipe;
    private final Tuning tuning;
    private final List<Audio> audio;
    private final Progress progress;
    /** Layers whose bits the budget chooses. */
    private final List<Node> layers;
    /** Layers whose weights' format the recipe sets. */
    private final List<Node> pinned;

    private final Optional<OutputImportance> importance;
    private final Map<Node, LayerPrecision> precisions = new LinkedHashMap<>();

    /** A quantized model and the report of its tuning. */
    public record Result(QvModel model, Quantizer.Result quantized, TuningReport report) {}

    /**
     * Inputs and statistics of the float layers for the recordings.
     *
     * @param statistics by layer
     */
    public record Heard(LayerInputs inputs, Map<Node, TuningReport.Statistics> statistics) {}

    /** @param request its calibration audio is the user's recordings */
    public Tuner(Graph graph, QuantRecipe recipe, Tuning tuning, ModelRequest request) {
        this.graph = graph;
        this.recipe = recipe;
        this.tuning = tuning;
        this.audio = request.calibration();
        this.progress = request.progress();
        List<Node> named = new Quantizer(graph, recipe).distinctLayers();
        this.pinned = named.stream().filter(this::isPinned).toList();
        this.layers = named.stream().filter(n -> !isPinned(n)).toList();
        if (layers.isEmpty()) {
            throw new UnsupportedOperatorException(
                    "a budget for a recipe without a layer" + (pinned.isEmpty() ? "" : " whose weights are not set"),
                    "layers that can be int8, and whose bits the budget may choose",
                    "name modules with Linear or convolutions, or none at all; set the weights of fewer");
        }
        if (audio.isEmpty()) {
            throw new QuantizationException(
                    "a budget and no recordings",
                    "some seconds of the user's speech, without labels",
                    "name a corpus with tuneOn, or --on on the command line");
        }
        this.importance = OutputImportance.wanted(tuning.objective(), graph, named, request);
    }

    private boolean isPinned(Node layer) {
        return recipe.askedWeightsOf(layer.path()).isPresent();
    }

    private Map<String, WeightFormat> pins() {
        Map<String, WeightFormat> formats = new LinkedHashMap<>();
        pinned.forEach(n -> formats.put(n.input(1).name(), recipe.weightsOf(n.path())));
        return formats;
    }

    public Result tune(
            Quantizer.FloatRun run, KernelPool pool, Optional<String> tokens, Map<String, String> provenance) {
        return fit(listen(run, pool), tuning.budget(), pool, tokens, provenance);
    }

    /** Runs the recordings; the result does not depend on the budget. */
    public Heard listen(Quantizer.FloatRun run, KernelPool pool) {
        for (Audio recording : audio) {
            LayerInputs.requireFinite(recording.samples(), "the model's input");
        }
        LayerInputs inputs = new LayerInputs(graph, run, audio, progress);
        Quantizer ranges = new Quantizer(graph, recipe);
        precisions.putAll(ranges.precisions(audio, run, progress));
        return new Heard(inputs, statistics(inputs, pool));
    }

    /** Chooses formats for a budget, which may differ from the one in the tuning options. */
    Result fit(Heard heard, Budget budget, KernelPool pool, Optional<String> tokens, Map<String, String> provenance) {
        Map<String, String> facts = new LinkedHashMap<>(provenance);
        facts.put("budget", budget instanceof SizeBudget size ? Long.toString(size.bytes()) : budget.toString());
        facts.put("sensitivity", tuning.sensitivity().name());
        facts.put("objective", tuning.objective().name());
        ModelSizes sizes = new ModelSizes(graph, layers, pins(), tuning.scheme(), tokens, facts);
        List<WeightFormat> formats = allocate(heard.statistics(), budget, sizes);
        Quantizer quantizer = new Quantizer(graph, recipe);
        for (int i = 0; i < layers.size(); i++) {
            quantizer.setFormat(layers.get(i).input(1).name(), formats.get(i));
        }
        pins().forEach(quantizer::setFormat);
        List<Node> all = quantizer.distinctLayers();
        Map<Node, Double> noise = new LayerCalibration(graph, heard.inputs(), pool, tuning.objective(), importance)
                .weights(all, precisions, quantizer);
        Quantizer.Result quantized = quantizer.apply(precisions);
        QvModel model = new QvModel(quantized.graph(), tokens, facts);
        long file = QvFile.fileSize(model);
        if (budget instanceof SizeBudget size && file > size.bytes()) {
            throw new IllegalStateException("a file of " + file + " bytes for a budget of " + budget);
        }
        return new Result(model, quantized, report(budget, file, formats, sizes, noise, heard.statistics()));
    }

    private TuningReport report(
            Budget budget,
            long file,
            List<WeightFormat> formats,
            ModelSizes sizes,
            Map<Node, Double> noise,
            Map<Node, TuningReport.Statistics> statistics) {
        List<TuningReport.Layer> all = new ArrayList<>();
        long memory = sizes.fixedMemory();
        for (int i = 0; i < layers.size(); i++) {
            Node layer = layers.get(i);
            all.add(report(
                    i, formats.get(i), sizes, requireNonNull(noise.get(layer)), requireNonNull(statistics.get(layer))));
            memory += sizes.memory(i, formats.get(i));
        }
        List<WeightFormat> ladder = BitAllocation.ladder(tuning.scheme());
        return new TuningReport(
                budget instanceof SizeBudget size ? Optional.of(size.size()) : Optional.empty(),
                budget instanceof AverageBits average ? OptionalDouble.of(average.bits()) : OptionalDouble.empty(),
                tuning.sensitivity(),
                tuning.objective(),
                tuning.scheme(),
                file,
                memory,
                BitAllocation.size(layers.size(), ladder.get(0), sizes),
                BitAllocation.size(layers.size(), new WeightFormat(WeightFormat.INT8.bits(), tuning.scheme()), sizes),
                audio.size(),
                all);
    }

    private Map<Node, TuningReport.Statistics> statistics(LayerInputs inputs, KernelPool pool) {
        Map<Node, TuningReport.Statistics> all = new LinkedHashMap<>();
        inputs.forEach(layers, "measuring layers", (layer, seen) -> {
            List<float[]> exact = LayerProbe.exact(graph, layer, seen, pool);
            TensorData weight = weight(layer);
            try (LayerProbe rounded = new LayerProbe(
                    graph,
                    layer,
                    requireNonNull(precisions.get(layer)),
                    WeightRounding.minMax(weight, WeightFormat.INT8),
                    pool)) {
                all.put(layer, OutputStatistics.of(exact, rounded.run(seen)));
            }
        });
        return all;
    }

    private TensorData weight(Node layer) {
        return graph.constant(layer.input(1)).orElseThrow().data();
    }

    private List<WeightFormat> allocate(
            Map<Node, TuningReport.Statistics> statistics, Budget budget, ModelSizes sizes) {
        List<BitAllocation.Layer> rated = layers.stream()
                .map(n -> new BitAllocation.Layer(
                        n.path(), requireNonNull(statistics.get(n)).value(tuning.sensitivity())))
                .toList();
        return BitAllocation.fit(rated, tuning.scheme(), budget, sizes);
    }

    private TuningReport.Layer report(
            int index, WeightFormat format, ModelSizes sizes, double noise, TuningReport.Statistics statistics) {
        Node layer = layers.get(index);
        return new TuningReport.Layer(
                layer.path(),
                Quantizer.type(layer),
                weight(layer).size(),
                format,
                sizes.file(index, WeightFormat.FLOAT),
                sizes.file(index, format),
                noise,
                statistics);
    }
}
