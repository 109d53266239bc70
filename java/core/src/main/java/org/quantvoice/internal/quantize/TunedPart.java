package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightFormat;

/** One graph of a model that is tuned to a budget: which of its layers have a choice, and what recordings tell of them. */
public final class TunedPart {
    private final Graph graph;
    private final QuantRecipe recipe;
    /** The layers that the recipe names, those whose weights it sets among them. */
    private final List<Node> named;

    /** The budget chooses the bits of these layers. */
    private final List<Node> layers;

    /** @param recipe names modules of this graph; a graph of which it names none stays as it is */
    public TunedPart(Graph graph, QuantRecipe recipe) {
        this.graph = graph;
        this.recipe = recipe;
        this.named = new Quantizer(graph, recipe).distinctLayers();
        this.layers = named.stream()
                .filter(n -> recipe.askedWeightsOf(n.path()).isEmpty())
                .toList();
    }

    /**
     * Measurements of the float layers over the recordings: all that does not depend on the budget.
     *
     * @param precisions how layers take their inputs, by layer that the recipe names
     * @param statistics by layer with a choice
     */
    record Heard(
            LayerInputs inputs, Map<Node, LayerPrecision> precisions, Map<Node, TuningReport.Statistics> statistics) {}

    /**
     * The part with its layers in the formats that were chosen.
     *
     * @param noise signal to noise of each layer's output in dB
     */
    record Rounded(Quantizer.Result result, Map<Node, Double> noise) {}

    Graph graph() {
        return graph;
    }

    /** Returns the layers that the recipe names. */
    List<Node> named() {
        return named;
    }

    /** Returns the layers whose bits the budget chooses. */
    List<Node> layers() {
        return layers;
    }

    ModelSizes.Part sized() {
        return new ModelSizes.Part(graph, layers, pins());
    }

    private Map<String, WeightFormat> pins() {
        Map<String, WeightFormat> formats = new LinkedHashMap<>();
        named.stream()
                .filter(n -> !layers.contains(n))
                .forEach(n -> formats.put(n.input(1).name(), recipe.weightsOf(n.path())));
        return formats;
    }

    Heard listen(PieceRun run, List<Audio> audio, KernelPool pool, Progress progress) {
        LayerInputs inputs = new LayerInputs(run, audio, progress);
        Map<Node, LayerPrecision> precisions = new Quantizer(graph, recipe).precisions(audio, run, progress);
        Map<Node, TuningReport.Statistics> statistics = new LinkedHashMap<>();
        inputs.forEach(layers, "measuring layers", (layer, seen) -> {
            List<float[]> exact = LayerProbe.exact(graph, layer, seen, pool);
            TensorData rounded = WeightRounding.minMax(weight(layer), WeightFormat.INT8);
            try (LayerProbe probe =
                    new LayerProbe(graph, layer, requireNonNull(precisions.get(layer)), rounded, pool)) {
                statistics.put(layer, OutputStatistics.of(exact, probe.run(seen)));
            }
        });
        return new Heard(inputs, precisions, statistics);
    }

    /** The float weight of a layer. */
    TensorData weight(Node layer) {
        return graph.constant(layer.input(1)).orElseThrow().data();
    }

    /** @param formats of {@link #layers} */
    Rounded round(
            List<WeightFormat> formats,
            Heard heard,
            KernelPool pool,
            ScaleObjective objective,
            Optional<OutputImportance> importance) {
        Quantizer quantizer = new Quantizer(graph, recipe);
        for (int i = 0; i < formats.size(); i++) {
            quantizer.setFormat(layers.get(i).input(1).name(), formats.get(i));
        }
        pins().forEach(quantizer::setFormat);
        Map<Node, Double> noise = new LayerCalibration(graph, heard.inputs(), pool, objective, importance)
                .weights(named, heard.precisions(), quantizer);
        return new Rounded(quantizer.apply(heard.precisions()), noise);
    }
}
