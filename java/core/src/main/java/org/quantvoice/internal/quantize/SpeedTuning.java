package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.qv.QvModel;

/**
 * Finds by trial in which numbers the layers of a quantized model should multiply on this CPU. Layers of one operator
 * and one shape are tried together, one class after the other: in the numbers that the recipe asked for, and in more
 * exact ones (int8 with a range for each row instead of calibrated int8, bfloat16, float; the weights keep their int8
 * values). The numbers with the shortest time of a whole run are kept. They are never less exact than the recipe, and
 * only layers that the recipe names are changed.
 */
public final class SpeedTuning {
    /** Largest share of the old time that a change may take; a smaller gain is taken for noise of the measurement. */
    private static final double WORTH_IT = 0.97;

    private static final int RUNS = 7;

    /**
     * One class of layers.
     *
     * @param layers operator, weight shape and number of the layers
     * @param asked the numbers that the recipe asks for
     * @param chosen the fastest numbers
     * @param millis shortest time of a whole run for each kind of numbers that was tried
     */
    public record Choice(String layers, String asked, String chosen, Map<String, Double> millis) {}

    /**
     * A model with the fastest numbers.
     *
     * @param model must be closed before the model that it was made of, whose tensors it uses
     */
    public record Result(NativeModel model, List<Choice> choices) {}

    private final NativeModel model;
    private final float[] samples;
    private Graph graph;

    private SpeedTuning(NativeModel model, Graph graph, float[] samples) {
        this.model = model;
        this.samples = samples;
        this.graph = graph;
    }

    /**
     * Finds in which numbers the quantized layers of a model should multiply on this CPU.
     *
     * @param samples audio of a usual length, as for {@link NativeModel#run}
     */
    public static Result of(NativeModel model, float[] samples) {
        return model.whileOpen(content -> of(model, content, samples));
    }

    private static Result of(NativeModel model, QvModel content, float[] samples) {
        SpeedTuning tuning = new SpeedTuning(model, content.graph(), samples);
        List<Choice> choices = new ArrayList<>();
        tuning.classes().keySet().forEach(name -> choices.add(tuning.choose(name)));
        QvModel tuned = new QvModel(tuning.graph, content.tokens(), content.provenance());
        return new Result(tuning.open(tuned), choices);
    }

    private NativeModel open(QvModel content) {
        return new NativeModel(
                content, model.report(), model.info().modelBytes(), model.info().threads(), false);
    }

    /** Returns the quantized layers by operator and shape. */
    private Map<String, List<Node>> classes() {
        Map<String, List<Node>> classes = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (LayerPrecision.of(node).isInt8() && !DynamicLayers.has(node)) {
                String shape = Arrays.toString(
                        graph.constant(node.input(1)).orElseThrow().data().shape());
                String name = node.op() + " " + shape + " "
                        + LayerPrecision.of(node).kind().text();
                classes.computeIfAbsent(name, k -> new ArrayList<>()).add(node);
            }
        }
        return classes;
    }

    private Choice choose(String name) {
        List<Node> layers = classes().getOrDefault(name, List.of());
        LayerPrecision.Kind asked = LayerPrecision.of(layers.get(0)).kind();
        Map<String, Double> millis = new LinkedHashMap<>();
        double best = time(graph);
        millis.put(asked.text(), best);
        Graph fastest = graph;
        LayerPrecision.Kind chosen = asked;
        double asAsked = best;
        for (LayerPrecision.Kind kind : moreExact(asked)) {
            Graph changed = with(layers, kind, "");
            double took = time(changed);
            millis.put(kind.text(), took);
            if (took < WORTH_IT * best) {
                best = took;
                chosen = kind;
                String note = String.format(
                        Locale.ROOT, "tuned: a run takes %.3f ms, %.3f ms in %s", took, asAsked, asked.text());
                fastest = with(layers, kind, note);
            }
        }
        graph = fastest;
        return new Choice(name + " x " + layers.size(), asked.text(), chosen.text(), millis);
    }

    private static List<LayerPrecision.Kind> moreExact(LayerPrecision.Kind asked) {
        List<LayerPrecision.Kind> kinds = new ArrayList<>();
        if (asked == LayerPrecision.Kind.INT8_STATIC) {
            kinds.add(LayerPrecision.Kind.INT8_DYNAMIC);
        }
        kinds.add(LayerPrecision.Kind.BFLOAT16);
        kinds.add(LayerPrecision.Kind.FLOAT);
        return kinds;
    }

    private Graph with(List<Node> layers, LayerPrecision.Kind kind, String note) {
        GraphCopy copy = new GraphCopy(graph);
        LayerPrecision precision = new LayerPrecision(kind, 1, 0);
        for (Node node : graph.nodes()) {
            if (layers.stream().noneMatch(n -> n == node)) {
                copy.add(node);
                continue;
            }
            Attributes attributes = precision.in(node.attributes());
            copy.add(
                    node,
                    note.isEmpty() ? attributes : LayerPrecision.noted(attributes, note),
                    node.inputs().stream().map(copy::value).toList());
        }
        return copy.build();
    }

    /** Returns the time of the fastest of some runs in milliseconds. */
    private double time(Graph candidate) {
        long best = Long.MAX_VALUE;
        try (NativeModel trial = open(new QvModel(candidate, Optional.empty(), Map.of()))) {
            for (int i = 0; i < RUNS; i++) {
                long start = System.nanoTime();
                trial.run(samples);
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        return best / 1e6;
    }
}
