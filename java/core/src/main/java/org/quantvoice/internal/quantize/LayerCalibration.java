package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.quant.ScaleObjective;

/**
 * Chooses ranges and scales of layers, one layer after the other, by the error that quantization causes in their
 * outputs for the calibration audio.
 */
public final class LayerCalibration {
    /** Candidate ranges as factors of the observed one, which is kept unless another is better. */
    private static final double[] FACTORS = {1, 1.2, 1.1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3};

    private final Graph graph;
    private final LayerInputs inputs;
    private final KernelPool pool;
    private final ScaleObjective objective;
    private final Optional<OutputImportance> importance;

    /**
     * @param pool is not closed here
     * @param importance for {@link ScaleObjective#HESSIAN}
     */
    public LayerCalibration(
            Graph graph,
            LayerInputs inputs,
            KernelPool pool,
            ScaleObjective objective,
            Optional<OutputImportance> importance) {
        this.graph = graph;
        this.inputs = inputs;
        this.pool = pool;
        this.objective = objective;
        this.importance = importance;
    }

    /**
     * Searches ranges of inputs, then scales of weights, which it hands to the quantizer.
     *
     * @return how the layers that the recipe names take their inputs
     */
    public Map<Node, LayerPrecision> search(
            Quantizer quantizer, List<Audio> audio, Quantizer.FloatRun run, Progress progress) {
        Map<Node, LayerPrecision> observed = quantizer.precisions(audio, run, progress);
        Map<Node, LayerPrecision> found = ranges(quantizer.observedLayers(), observed, quantizer);
        weights(quantizer.distinctLayers(), found, quantizer);
        return found;
    }

    /** @throws QuantizationException if there is no audio to search on */
    public static void requireAudio(ScaleObjective objective, List<Audio> audio) {
        if (audio.isEmpty()) {
            throw new QuantizationException(
                    "the calibration " + objective + " and no calibration audio",
                    "some seconds of typical speech, also for dynamic modules",
                    "name a corpus with calibrateOn, or --calibrate on the command line");
        }
    }

    /**
     * Tries ranges of inputs: the zero point stays, the scale is a part of the one that was observed. Layers of one input get
     * one range, so that it is rounded once.
     *
     * @param layers layers that are quantized statically
     * @param observed the precisions of all layers with observed ranges
     * @param quantizer knows formats and scales of the weights
     * @return the precisions with the best ranges
     */
    public Map<Node, LayerPrecision> ranges(
            List<Node> layers, Map<Node, LayerPrecision> observed, Quantizer quantizer) {
        if (objective == ScaleObjective.MIN_MAX || layers.isEmpty()) {
            return observed;
        }
        ScaleSearch search = new ScaleSearch(graph, pool, objective);
        Map<Value, double[]> errors = new HashMap<>();
        inputs.forEach(layers, "choosing ranges", (layer, seen) -> {
            ScaleSearch.Outputs outputs = outputs(layer, seen);
            double[] sums = errors.computeIfAbsent(layer.input(0), v -> new double[FACTORS.length]);
            for (int i = 0; i < sums.length; i++) {
                LayerPrecision tried = scaled(requireNonNull(observed.get(layer)), FACTORS[i]);
                sums[i] += search.errors(
                                layer,
                                tried,
                                quantizer.format(layer),
                                quantizer.scales(layer),
                                outputs,
                                ownBias(layer).isPresent())
                        .total();
            }
        });
        Map<Node, LayerPrecision> found = new LinkedHashMap<>(observed);
        observed.forEach((node, precision) -> {
            double[] sums = errors.get(node.input(0));
            if (sums != null && precision.kind() == LayerPrecision.Kind.INT8_STATIC) {
                found.put(node, scaled(precision, FACTORS[least(sums)]));
            }
        });
        return found;
    }

    private static LayerPrecision scaled(LayerPrecision precision, double factor) {
        float scale = (float) (precision.scale() * factor);
        return LayerPrecision.statically(Math.max(scale, Float.MIN_NORMAL), precision.zero());
    }

    private static int least(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] < values[best] ? i : best;
        }
        return best;
    }

    /**
     * Chooses the scales of weights and hands them to the quantizer, with biases that correct the mean error.
     *
     * @param layers each with a weight of its own
     * @param quantizer knows the formats
     * @return signal-to-noise ratio of each layer's output in dB; infinite for layers without whole numbers
     */
    public Map<Node, Double> weights(List<Node> layers, Map<Node, LayerPrecision> precisions, Quantizer quantizer) {
        ScaleSearch search = new ScaleSearch(graph, pool, objective);
        Map<Node, Double> noise = new LinkedHashMap<>();
        List<Node> rounded = new ArrayList<>();
        for (Node layer : layers) {
            noise.put(layer, Double.POSITIVE_INFINITY);
            if (quantizer.format(layer).isInteger()) {
                rounded.add(layer);
            }
        }
        inputs.forEach(rounded, "choosing scales", (layer, seen) -> {
            Optional<Constant> bias = ownBias(layer);
            ScaleSearch.Scales found = search.find(
                    layer,
                    requireNonNull(precisions.get(layer)),
                    quantizer.format(layer),
                    outputs(layer, seen),
                    bias.isPresent());
            quantizer.setScales(layer.input(1).name(), found.perChannel());
            bias.ifPresent(b ->
                    quantizer.setBias(b.name(), sum(b.data(), found.errors().meanOffsets())));
            noise.put(layer, found.errors().decibels());
        });
        return noise;
    }

    private ScaleSearch.Outputs outputs(Node layer, List<LayerInput> seen) {
        List<float[]> exact = LayerProbe.exact(graph, layer, seen, pool);
        return new ScaleSearch.Outputs(
                seen, exact, importance.map(i -> i.of(layer, exact)).orElse(List.of()));
    }

    /**
     * Returns the layer's bias if it can be changed to correct the mean error of the layer's output (Nagel et al.:
     * "Data-Free Quantization through Weight Equalization and Bias Correction", 2019); empty if the layer has no bias
     * of its own, or no correction is wanted.
     */
    private Optional<Constant> ownBias(Node layer) {
        if (objective == ScaleObjective.MIN_MAX || layer.inputs().size() < 3) {
            return Optional.empty();
        }
        long users = graph.nodes().stream()
                .flatMap(n -> n.inputs().stream())
                .filter(v -> v.id() == layer.input(2).id())
                .count();
        return users == 1 ? graph.constant(layer.input(2)) : Optional.empty();
    }

    private static TensorData sum(TensorData bias, float[] offsets) {
        float[] values = bias.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] += offsets[i];
        }
        return ArrayTensor.of(values, bias.shape());
    }
}
