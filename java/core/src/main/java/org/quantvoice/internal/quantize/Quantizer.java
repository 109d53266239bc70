package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Bfloat16Tensor;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.RangeObserver;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.WeightFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives layers of a graph int8 weights and quantizes their inputs: with ranges from calibration audio (static), or
 * with ranges that each run finds for each row or window, or for some neighbouring windows (dynamic). Outputs of
 * products stay float until the next layer that is quantized, so that nothing is rounded before a norm.
 */
public final class Quantizer {
    private static final Logger LOG = LoggerFactory.getLogger(Quantizer.class);

    private final Graph graph;
    private final QuantRecipe recipe;
    private final Map<Node, LayerPrecision.Kind> kinds = new LinkedHashMap<>();
    private final Set<Node> dynamicOnly = new LinkedHashSet<>();
    private final Set<Node> notStatic = new LinkedHashSet<>();
    private final Map<String, WeightFormat> formats = new HashMap<>();
    private final Map<String, float[]> scales = new HashMap<>();
    private final Map<String, TensorData> biases = new HashMap<>();
    private final Map<Node, String> drowned = new HashMap<>();
    private boolean consumes;
    private Set<TensorData> consumed = Set.of(); // closed once they are rounded
    private Map<TensorData, TensorData> alreadyRounded = Map.of();

    /** Runs the float graph and returns the values of taps. */
    public interface FloatRun {
        Map<Value, float[]> run(float[] samples, Set<Value> taps);
    }

    /**
     * A quantized graph and a report of its layers.
     *
     * @param layers the layers that were quantized, then those that the recipe names but that stay float
     * @param nodes of the float graph, one for each layer that was quantized
     * @param quantized the quantized graph's outputs of the layers by those of the float graph
     */
    public record Result(Graph graph, List<QuantReport.Layer> layers, List<Node> nodes, Map<Value, Value> quantized) {}

    public Quantizer(Graph graph, QuantRecipe recipe) {
        this.graph = graph;
        this.recipe = recipe;
        recipe.dynamicModules().forEach(name -> choose(name, LayerPrecision.Kind.INT8_DYNAMIC));
        recipe.staticModules().forEach(name -> choose(name, LayerPrecision.Kind.INT8_STATIC));
    }

    /** Returns the module type of a layer. */
    public static String type(Node node) {
        if (DynamicLayers.has(node)) {
            return DynamicLayers.type(node);
        }
        return node.op() == Op.LINEAR ? "Linear" : node.op() == Op.CONV1D ? "Conv1d" : "Conv2d";
    }

    private void choose(String name, LayerPrecision.Kind kind) {
        List<Node> products = covered(name);
        List<Node> dynamic = DynamicLayers.covered(graph, name);
        boolean fixed = kind == LayerPrecision.Kind.INT8_STATIC;
        if (products.isEmpty() && (fixed || dynamic.isEmpty())) {
            throw ModuleRefusal.of(graph, name, dynamic);
        }
        products.forEach(n -> kinds.put(n, kind));
        (fixed ? notStatic : dynamicOnly).addAll(dynamic);
    }

    private List<Node> covered(String name) {
        return QuantizableLayers.of(graph).stream()
                .filter(n -> covers(name, n.path()))
                .toList();
    }

    /**
     * Refuses formats of weights in the recipe that would change nothing.
     *
     * @throws QuantizationException if the model lacks a module
     * @throws UnsupportedOperatorException if a module's layers stay float
     */
    public void requireWeightsUsed() {
        recipe.weights().forEach((name, format) -> {
            List<Node> products = covered(name);
            List<Node> dynamic = DynamicLayers.covered(graph, name);
            if (products.isEmpty() && dynamic.isEmpty()) {
                throw ModuleRefusal.of(graph, name, List.of());
            }
            if (!rounds(name) && !format.equals(WeightFormat.FLOAT)) {
                throw unused(name, format);
            }
        });
    }

    /**
     * Returns whether the recipe makes a layer of a module static or dynamic, so that a format of its weights has an
     * effect.
     */
    boolean rounds(String name) {
        return covered(name).stream().anyMatch(kinds::containsKey)
                || DynamicLayers.covered(graph, name).stream().anyMatch(dynamicOnly::contains);
    }

    static UnsupportedOperatorException unused(String name, WeightFormat format) {
        return new UnsupportedOperatorException(
                "weights " + format + " for module " + name + ", which stays float",
                "a module that is made static or dynamic",
                "name it with staticInt8 or dynamicInt8 (--static, --dynamic) too");
    }

    static boolean covers(String name, String path) {
        return name.isEmpty() || path.equals(name) || path.startsWith(name + ".");
    }

    /**
     * Quantizes.
     *
     * @param audio at the model's rate; needed if the recipe has static modules
     */
    public Result apply(List<Audio> audio, FloatRun run, Progress progress) {
        return apply(precisions(audio, run, progress), dynamicOnly);
    }

    /** Quantizes as above, but {@link #guard guarded}. */
    public Result apply(List<Audio> audio, FloatRun run, Progress progress, DrownedLayers guard) {
        Map<Node, LayerPrecision> precisions = precisions(audio, run, progress);
        guard(precisions, guard);
        return apply(precisions, dynamicOnly);
    }

    /**
     * Finds layers in which quantization would drown quiet frames: they stay float, with one warning each, or are
     * quantized all the same if the recipe's guard is off.
     *
     * @param precisions of {@link #precisions}
     */
    public void guard(Map<Node, LayerPrecision> precisions, DrownedLayers guard) {
        guard.find(precisions, this).forEach((node, reason) -> {
            LOG.warn(
                    "{}: {} ({}): {}",
                    recipe.guard() ? "kept float" : "rounded, as the guard is off",
                    node.path(),
                    type(node),
                    reason);
            if (recipe.guard()) {
                kinds.remove(node);
                drowned.put(node, reason);
            }
        });
    }

    /**
     * Returns the precisions of the layers that the recipe names, with ranges from calibration audio where they need
     * them.
     */
    public Map<Node, LayerPrecision> precisions(List<Audio> audio, FloatRun run, Progress progress) {
        Map<Value, ActivationRange> ranges = calibrate(audio, run, progress);
        Map<Node, LayerPrecision> precisions = new LinkedHashMap<>();
        kinds.forEach((node, kind) -> precisions.put(
                node,
                kind == LayerPrecision.Kind.INT8_DYNAMIC
                        ? LayerPrecision.DYNAMIC
                        : fixed(requireNonNull(ranges.get(node.input(0))))));
        return precisions;
    }

    /** Quantizes with the precisions that {@link #precisions} returned; recurrences and tables stay float. */
    public Result apply(Map<Node, LayerPrecision> precisions) {
        return apply(precisions, Set.of());
    }

    private Result apply(Map<Node, LayerPrecision> precisions, Set<Node> others) {
        GraphCopy copy = new GraphCopy(graph);
        consumed = ConsumedWeights.of(graph, n -> consumes && !others.contains(n) && isRounded(n));
        List<QuantReport.Layer> report = new ArrayList<>();
        List<Node> done = new ArrayList<>();
        Map<Integer, Value> int8 = new HashMap<>();
        Map<Integer, WeightFormat> formatOf = new HashMap<>();
        for (Node node : graph.nodes()) {
            boolean other = others.contains(node);
            LayerPrecision.Kind kind = other ? LayerPrecision.Kind.INT8_DYNAMIC : kinds.get(node);
            WeightFormat format = kind == null
                    ? WeightFormat.FLOAT
                    : other
                            ? recipe.weightsOf(node.path())
                            : formatOf.computeIfAbsent(node.input(1).id(), id -> format(node));
            if (format.equals(WeightFormat.FLOAT)) {
                copy.add(node);
                continue;
            }
            if (other) {
                DynamicLayers.add(
                        copy,
                        node,
                        format,
                        i -> int8.computeIfAbsent(
                                node.input(i).id(), id -> quantizedWeight(copy, node.input(i), format)));
            } else {
                Value weight =
                        int8.computeIfAbsent(node.input(1).id(), id -> quantizedWeight(copy, node.input(1), format));
                product(copy, node, weight, precision(precisions, node, format));
            }
            done.add(node);
            report.add(ReportRows.quantized(node, requireNonNull(kind), format));
        }
        Map<Value, Value> quantized = new HashMap<>();
        done.forEach(n -> quantized.put(n.output(), copy.value(n.output())));
        keptFloat(others, report);
        return new Result(copy.build(), report, done, quantized);
    }

    private static LayerPrecision precision(Map<Node, LayerPrecision> precisions, Node node, WeightFormat format) {
        return format.isInteger() ? requireNonNull(precisions.get(node)) : LayerPrecision.BFLOAT16;
    }

    private void product(GraphCopy copy, Node node, Value weight, LayerPrecision precision) {
        List<Value> inputs = new ArrayList<>();
        inputs.add(copy.value(node.input(0)));
        inputs.add(weight);
        node.inputs().stream().skip(2).forEach(v -> inputs.add(bias(copy, v)));
        copy.add(node, precision.in(node.attributes()), inputs);
    }

    /**
     * Adds the layers that stay float to the report behind those that were quantized: layers that would drown quiet
     * frames, and layers that a static name covers but only the dynamic method can quantize.
     */
    private void keptFloat(Set<Node> rounded, List<QuantReport.Layer> report) {
        graph.nodes().stream()
                .filter(drowned::containsKey)
                .forEach(n -> report.add(ReportRows.keptFloat(n, requireNonNull(drowned.get(n)))));
        notStatic.stream()
                .filter(n -> !rounded.contains(n))
                .forEach(n -> report.add(ReportRows.keptFloat(n, type(n) + " can be dynamic, not static")));
    }

    private boolean isRounded(Node product) {
        return kinds.containsKey(product) && !format(product).equals(WeightFormat.FLOAT);
    }

    /** Closes each float weight once it is rounded, if nothing else uses it: for a graph that nobody runs afterwards. */
    public Quantizer consuming() {
        consumes = true;
        return this;
    }

    /** Sets the weights that were rounded by the same recipe for another graph, by the float ones; they are taken as they are. */
    public Quantizer reusing(Map<TensorData, TensorData> rounded) {
        this.alreadyRounded = rounded;
        return this;
    }

    /** The float weight of a product. */
    Constant weight(Node layer) {
        return graph.constant(layer.input(1)).orElseThrow();
    }

    /** Returns the format in which a layer's weights will be stored. */
    WeightFormat format(Node node) {
        return formats.getOrDefault(node.input(1).name(), recipe.weightsOf(node.path()));
    }

    private Value quantizedWeight(GraphCopy copy, Value of, WeightFormat format) {
        Constant weight = graph.constant(of).orElseThrow();
        TensorData rounded = rounded(weight, format);
        if (consumed.contains(weight.data())) {
            weight.data().close();
        }
        return copy.constant(weight.name(), rounded);
    }

    private TensorData rounded(Constant weight, WeightFormat format) {
        TensorData known = alreadyRounded.get(weight.data());
        if (known != null) {
            return known;
        }
        if (!format.isInteger()) {
            return Bfloat16Tensor.round(weight.data());
        }
        try {
            float[] scales = scales(weight.name(), weight.data(), format);
            return WeightRounding.round(weight.data(), format, scales);
        } catch (QuantizationException e) {
            throw new QuantizationException(e.got() + " of " + weight.name(), e.expected(), e.cure(), e);
        }
    }

    private Value bias(GraphCopy copy, Value original) {
        TensorData changed = biases.get(original.name());
        if (changed != null) {
            copy.replaceOnce(original, () -> copy.constant(original.name(), changed));
        }
        return copy.value(original);
    }

    /** Replaces a bias that only one layer uses. */
    void setBias(String name, TensorData data) {
        biases.put(name, data);
    }

    /** Returns the scales of a layer's weights, one for each output channel. */
    float[] scales(Node layer) {
        Constant weight = weight(layer);
        return scales(weight.name(), weight.data(), format(layer));
    }

    private float[] scales(String name, TensorData weight, WeightFormat format) {
        float[] found = scales.get(name);
        if (found != null) {
            return found;
        }
        Optional<QuantPreset> preset =
                format.equals(WeightFormat.INT8) ? recipe.rules().preset() : Optional.empty();
        return preset.map(p -> WeightRounding.presetScales(weight, p))
                .orElseGet(() -> WeightRounding.usualScales(weight, format));
    }

    /**
     * Sets the format of a weight, which overrides the recipe's format of its module; a module may have several
     * weights.
     */
    void setFormat(String weight, WeightFormat format) {
        formats.put(weight, format);
    }

    /** Sets the scales of a weight beforehand, one for each output channel. */
    void setScales(String weight, float[] perChannel) {
        scales.put(weight, perChannel);
    }

    /**
     * Returns the layers that the recipe names, in the order of the graph; only the first of those that share a
     * weight.
     */
    public List<Node> distinctLayers() {
        Set<String> seen = new HashSet<>();
        return graph.nodes().stream()
                .filter(kinds::containsKey)
                .filter(n -> seen.add(n.input(1).name()))
                .toList();
    }

    /**
     * Returns the layers of {@link #distinctLayers} whose input has a fixed range that this calibration has to find.
     */
    public List<Node> observedLayers() {
        return distinctLayers().stream()
                .filter(n -> kinds.get(n) == LayerPrecision.Kind.INT8_STATIC)
                .filter(n -> format(n).isInteger())
                .filter(n -> !recipe.ranges().byLayer().containsKey(n.path()))
                .toList();
    }

    /** Returns the layers that the recipe names, with their methods. */
    Map<Node, LayerPrecision.Kind> kinds() {
        return kinds;
    }

    /** Returns the ranges of a quantized graph's static layers. */
    public static ActivationRanges ranges(Graph quantized, QuantRecipe recipe) {
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        for (Node node : quantized.nodes()) {
            LayerPrecision precision = LayerPrecision.of(node);
            if (precision.kind() == LayerPrecision.Kind.INT8_STATIC) {
                ranges.put(node.path(), new ActivationRange(precision.scale(), precision.zero()));
            }
        }
        return new ActivationRanges(ranges, Map.of(), levels(recipe).high());
    }

    private static RangeScheme levels(QuantRecipe recipe) {
        return recipe.rules().activations(RangeScheme.QUINT8);
    }

    private ActivationRange range(RangeObserver observer) {
        return recipe.rules().choosesActivations() ? observer.range(levels(recipe)) : observer.range();
    }

    /** Returns the precision of a static layer with the range that an observer found. */
    LayerPrecision precision(RangeObserver observer) {
        return fixed(range(observer));
    }

    private static LayerPrecision fixed(ActivationRange range) {
        return LayerPrecision.statically(range.scale(), range.zeroPoint());
    }

    private Map<Value, ActivationRange> calibrate(List<Audio> audio, FloatRun run, Progress progress) {
        Map<Value, RangeObserver> observers = new LinkedHashMap<>();
        Map<Value, ActivationRange> ranges = new HashMap<>();
        Map<String, ActivationRange> saved = levels(recipe).fit(recipe.ranges()).byLayer();
        kinds.forEach((node, kind) -> {
            ActivationRange known = saved.get(node.path());
            if (kind == LayerPrecision.Kind.INT8_STATIC && known != null) {
                ranges.put(node.input(0), known);
            }
        });
        if (audio.isEmpty() && !ranges.isEmpty() && recipe.guard()) {
            keepUnknown(ranges);
        }
        kinds.forEach((node, kind) -> {
            if (kind == LayerPrecision.Kind.INT8_STATIC && !ranges.containsKey(node.input(0))) {
                observers.computeIfAbsent(
                        node.input(0), v -> RangeObserver.of(recipe.observer(), "the input of " + node.path()));
            }
        });
        if (observers.isEmpty()) {
            return ranges;
        }
        if (audio.isEmpty()) {
            throw new QuantizationException(
                    "static modules " + recipe.staticModules() + " and no calibration audio",
                    "some seconds of typical speech",
                    "name a corpus with calibrateOn, or --calibrate on the command line");
        }
        for (int i = 0; i < audio.size(); i++) {
            progress.report("calibrating", i, audio.size());
            Map<Value, float[]> seen = run.run(audio.get(i).samples(), observers.keySet());
            observers.forEach((value, observer) -> observer.add(requireNonNull(seen.get(value))));
        }
        progress.report("calibrating", audio.size(), audio.size());
        observers.forEach((value, observer) -> ranges.put(value, range(observer)));
        return ranges;
    }

    /** Keeps layers float for which the saved ranges have none: the run that saved the ranges kept them float. */
    private void keepUnknown(Map<Value, ActivationRange> ranges) {
        List<Node> unknown = kinds.keySet().stream()
                .filter(n -> kinds.get(n) == LayerPrecision.Kind.INT8_STATIC && !ranges.containsKey(n.input(0)))
                .toList();
        String reason = "the saved ranges have none of its input, and there is no calibration audio";
        for (Node node : unknown) {
            LOG.warn("kept float: {} ({}): {}", node.path(), type(node), reason);
            kinds.remove(node);
            drowned.put(node, reason);
        }
    }
}
