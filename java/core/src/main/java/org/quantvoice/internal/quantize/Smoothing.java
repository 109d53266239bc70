package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.RangeObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.WeightFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves scales of channels from the inputs of layers into their weights (Xiao et al.: "SmoothQuant", 2022), where
 * that lowers the noise of static layers: the factor of a channel is {@code max|x|^alpha / max|w|^(1 - alpha)},
 * rounded to a power of two, and alpha is chosen for each group of layers by the least noise on the calibration
 * audio. A group stays as it is unless its noise falls by a tenth.
 */
public final class Smoothing {
    private static final Logger LOG = LoggerFactory.getLogger(Smoothing.class);

    private static final double[] ALPHAS = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};
    private static final double LEAST_GAIN = 0.9;

    private final Graph graph;
    private final QuantRecipe recipe;
    private final Quantizer quantizer;
    private final LayerInputs inputs;
    private final KernelPool pool;

    /**
     * A graph that computes the same as the one before smoothing.
     *
     * @param inputs number of inputs whose scales changed
     * @param layers paths of the layers that read these inputs
     */
    public record Result(Graph graph, int inputs, Set<String> layers) {

        /**
         * Returns the ranges that also hold for the model without smoothing, so that a later calibration may use
         * them.
         */
        public ActivationRanges kept(ActivationRanges ranges) {
            Map<String, ActivationRange> kept = new LinkedHashMap<>(ranges.byLayer());
            kept.keySet().removeAll(layers);
            return new ActivationRanges(kept, ranges.outputs(), ranges.levels());
        }
    }

    private Smoothing(Graph graph, QuantRecipe recipe, LayerInputs inputs, KernelPool pool) {
        this.graph = graph;
        this.recipe = recipe;
        this.quantizer = new Quantizer(graph, recipe);
        this.inputs = inputs;
        this.pool = pool;
    }

    /** Returns the graph without any change of scales. */
    public static Result none(Graph graph) {
        return new Result(graph, 0, Set.of());
    }

    /**
     * One graph of a model.
     *
     * @param recipe of its layers
     * @param run runs the graph
     */
    public record Part(Graph graph, QuantRecipe recipe, PieceRun run) {}

    /**
     * Moves scales in each graph of a model where that lowers the noise. Inputs and outputs of the graphs stay as they are.
     *
     * @param audio at the model's rate; some of it is used
     * @param pool is not closed here
     * @return one result for each graph
     * @throws QuantizationException if there is no audio, or no static layer
     * @throws UnsupportedOperatorException if no static layer follows an operator whose scales could be moved
     */
    public static List<Result> apply(List<Part> parts, List<Audio> audio, KernelPool pool, Progress progress) {
        if (audio.isEmpty()) {
            throw new QuantizationException(
                    "the calibration SMOOTH and no calibration audio",
                    "some seconds of typical speech",
                    "name a corpus with calibrateOn, or --calibrate on the command line");
        }
        List<Smoothing> all = parts.stream()
                .map(part -> new Smoothing(
                        part.graph(),
                        part.recipe(),
                        new LayerInputs(part.run(), NoiseReport.spread(audio), progress),
                        pool))
                .toList();
        if (all.stream().allMatch(part -> part.groups().isEmpty())) {
            throw nothingToMove(
                    all.stream().allMatch(p -> p.quantizer.observedLayers().isEmpty()));
        }
        return all.stream().map(Smoothing::apply).toList();
    }

    private List<ScaleGroup> groups() {
        return ScaleGroups.of(graph).stream()
                .filter(g -> g.layers().stream().anyMatch(this::isStatic))
                .toList();
    }

    private Result apply() {
        List<ScaleGroup> groups = groups();
        if (groups.isEmpty()) {
            return none(graph);
        }
        Map<ScaleGroup, List<float[]>> candidates = candidates(groups);
        Map<ScaleGroup, double[]> noise = noise(candidates);
        Map<ScaleGroup, float[]> chosen = new LinkedHashMap<>();
        List<String> moved = new ArrayList<>();
        noise.forEach((group, sums) -> {
            int best = least(sums);
            if (best > 0 && sums[best] < LEAST_GAIN * sums[0]) {
                chosen.put(group, requireNonNull(candidates.get(group)).get(best));
                moved.add(describe(group, best, sums));
            }
        });
        LOG.info("scales moved into the weights behind {} of {} inputs {}", moved.size(), groups.size(), moved);
        Set<String> layers = chosen.keySet().stream()
                .flatMap(g -> g.layers().stream())
                .map(Node::path)
                .collect(Collectors.toUnmodifiableSet());
        return new Result(ScaleMove.apply(graph, chosen), chosen.size(), layers);
    }

    private static RuntimeException nothingToMove(boolean nothingStatic) {
        if (nothingStatic) {
            return new QuantizationException(
                    "the calibration SMOOTH and no static layer",
                    "static modules: dynamic ones find their range at each run",
                    "name modules with staticInt8 (--static), or take the calibration MSE");
        }
        return new UnsupportedOperatorException(
                "the calibration SMOOTH for static layers behind none of which scales can be moved",
                "a norm or a layer that nothing but layers reads, before static layers",
                "name more modules with staticInt8 (--static), or take the calibration MSE");
    }

    private boolean isStatic(Node layer) {
        return quantizer.kinds().get(layer) == LayerPrecision.Kind.INT8_STATIC && isRounded(layer);
    }

    private boolean isRounded(Node layer) {
        return quantizer.kinds().containsKey(layer) && quantizer.format(layer).isInteger();
    }

    /** Returns the factors for each alpha; the first factors change nothing. */
    private Map<ScaleGroup, List<float[]>> candidates(List<ScaleGroup> groups) {
        Map<Node, float[]> largest = new HashMap<>();
        inputs.forEach(layers(groups), "looking at channels", (layer, seen) -> {
            float[] sizes = largest.computeIfAbsent(layer, n -> new float[SmoothingFactors.channels(layer)]);
            seen.forEach(x -> SmoothingFactors.largest(x, ScaleGroup.inputAxis(layer), sizes));
        });
        Map<ScaleGroup, List<float[]>> candidates = new LinkedHashMap<>();
        for (ScaleGroup group : groups) {
            float[] activations = new float[group.channels()];
            float[] weights = new float[group.channels()];
            for (Node layer : group.layers()) {
                SmoothingFactors.raise(activations, requireNonNull(largest.get(layer)));
                SmoothingFactors.raise(weights, SmoothingFactors.columns(weight(layer)));
            }
            List<float[]> factors = new ArrayList<>(List.of(SmoothingFactors.none(group.channels())));
            for (double alpha : ALPHAS) {
                factors.add(SmoothingFactors.of(activations, weights, alpha));
            }
            candidates.put(group, factors);
        }
        return candidates;
    }

    private static List<Node> layers(Iterable<ScaleGroup> groups) {
        List<Node> layers = new ArrayList<>();
        groups.forEach(g -> layers.addAll(g.layers()));
        return layers;
    }

    /** Returns the noise of a group's layers for each candidate, as shares of their outputs. */
    private Map<ScaleGroup, double[]> noise(Map<ScaleGroup, List<float[]>> candidates) {
        Map<Node, ScaleGroup> groupOf = new HashMap<>();
        candidates.keySet().forEach(g -> g.layers().forEach(n -> groupOf.put(n, g)));
        Map<ScaleGroup, double[]> noise = new LinkedHashMap<>();
        candidates.forEach((group, factors) -> noise.put(group, new double[factors.size()]));
        List<Node> rounded =
                layers(candidates.keySet()).stream().filter(this::isRounded).toList();
        inputs.forEach(rounded, "moving scales", (layer, seen) -> {
            ScaleGroup group = groupOf.get(layer);
            List<float[]> exact = LayerProbe.exact(graph, layer, seen, pool);
            double[] sums = requireNonNull(noise.get(group));
            for (int i = 0; i < sums.length; i++) {
                sums[i] += noise(
                        layer,
                        seen,
                        exact,
                        requireNonNull(candidates.get(group)).get(i));
            }
        });
        return noise;
    }

    private double noise(Node layer, List<LayerInput> seen, List<float[]> exact, float[] factors) {
        List<LayerInput> divided = seen.stream()
                .map(x -> SmoothingFactors.divided(x, ScaleGroup.inputAxis(layer), factors))
                .toList();
        TensorData weight = new ScaledTensor(weight(layer), 1, factors);
        WeightFormat format = quantizer.format(layer);
        TensorData rounded = WeightRounding.round(weight, format, WeightRounding.usualScales(weight, format));
        ChannelErrors errors =
                new ChannelErrors(layer, ScaleObjective.SMOOTH, layer.inputs().size() > 2);
        try (LayerProbe probe = new LayerProbe(graph, layer, precision(layer, divided), rounded, pool)) {
            for (int r = 0; r < divided.size(); r++) {
                errors.add(exact.get(r), probe.run(divided.get(r)), new float[0]);
            }
        }
        return errors.total();
    }

    private LayerPrecision precision(Node layer, List<LayerInput> inputs) {
        if (!isStatic(layer)) {
            return LayerPrecision.DYNAMIC;
        }
        RangeObserver observer = RangeObserver.of(recipe.observer(), "the input of " + layer.path());
        inputs.forEach(x -> observer.add(x.values()));
        return quantizer.precision(observer);
    }

    private TensorData weight(Node layer) {
        return quantizer.weight(layer).data();
    }

    private static int least(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] < values[best] ? i : best;
        }
        return best;
    }

    private static String describe(ScaleGroup group, int best, double[] noise) {
        return String.format(
                Locale.ROOT,
                "%s alpha %.1f %+.1f dB",
                group.layers().get(0).path(),
                ALPHAS[best - 1],
                10 * Math.log10(noise[0] / Math.max(noise[best], Double.MIN_NORMAL)));
    }
}
