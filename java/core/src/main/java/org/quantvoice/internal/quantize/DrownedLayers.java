package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.audio.Audio;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.quant.WeightFormat;

/**
 * Finds layers that would drown quiet frames in noise. Each layer is run quantized on its float input, beside the
 * float model, so that its noise does not contain that of the layers before.
 */
public final class DrownedLayers {
    /**
     * The least signal-to-noise ratio in dB that the worst frame may have. A norm that follows scales a frame to unit
     * variance, and its noise with it: at 10 dB a tenth of what the next layer receives is noise.
     */
    static final double LEAST_WORST = 10;

    /** Number of floats of outputs kept at a time; each output is kept twice, exact and quantized. */
    private static final long MOST_KEPT = 64L << 20;

    private final Graph floats;
    private final PartSource source;
    private final List<Audio> audio;

    /**
     * @param source opens copies of the float graph
     * @param audio recordings at the model's rate; some of them are measured
     */
    public DrownedLayers(Graph floats, PartSource source, List<Audio> audio) {
        this.floats = floats;
        this.source = source;
        this.audio = NoiseReport.spread(audio);
    }

    /**
     * Finds the layers whose worst frame has less than 10 dB, and says so for each.
     *
     * @param the layers and the precision that each would have
     * @param quantizer knows which weights become whole numbers
     */
    Map<Node, String> find(Map<Node, LayerPrecision> layers, Quantizer quantizer) {
        Map<Node, String> found = new LinkedHashMap<>();
        List<Node> group = new ArrayList<>();
        long kept = 0;
        for (Node node : layers.keySet()) {
            long size = audio.stream()
                    .mapToLong(a -> source.elements(node.output(), a.samples().length))
                    .max()
                    .orElse(0);
            if (!group.isEmpty() && kept + size > MOST_KEPT) {
                measure(group, layers, quantizer, found);
                group.clear();
                kept = 0;
            }
            group.add(node);
            kept += size;
        }
        if (!group.isEmpty() && !audio.isEmpty()) {
            measure(group, layers, quantizer, found);
        }
        return found;
    }

    private void measure(
            List<Node> group, Map<Node, LayerPrecision> layers, Quantizer quantizer, Map<Node, String> found) {
        GraphCopy copy = new GraphCopy(floats);
        Map<Node, Value> rounded = new IdentityHashMap<>();
        for (Node node : floats.nodes()) {
            if (group.contains(node)) {
                twin(copy, node, requireNonNull(layers.get(node)), quantizer)
                        .ifPresent(value -> rounded.put(node, value));
            }
            copy.add(node);
        }
        List<Node> measured = group.stream().filter(rounded::containsKey).toList();
        List<Value> taps = new ArrayList<>();
        measured.forEach(n -> taps.addAll(List.of(copy.value(n.output()), rounded.get(n))));
        List<LayerNoise> noises = measured.stream().map(n -> new LayerNoise()).toList();
        try (PartSource.Open run = source.open(copy.build(taps))) {
            for (Audio recording : audio) {
                run.pieces(recording.samples(), Set.copyOf(taps)).forEach(piece -> add(piece, measured, taps, noises));
            }
        }
        for (int i = 0; i < measured.size(); i++) {
            if (noises.get(i).worst() < LEAST_WORST) {
                found.put(measured.get(i), reason(noises.get(i)));
            }
        }
    }

    /** @param taps for each layer its output and that of its rounded twin */
    private static void add(
            Map<Value, LayerInput> piece, List<Node> measured, List<Value> taps, List<LayerNoise> noises) {
        for (int i = 0; i < measured.size(); i++) {
            LayerInput exact = requireNonNull(piece.get(taps.get(2 * i)));
            LayerInput rough = requireNonNull(piece.get(taps.get(2 * i + 1)));
            int axis = channels(measured.get(i), exact.shape());
            noises.get(i).add(exact.values(), rough.values(), exact.shape(), axis);
        }
    }

    /**
     * Inserts a copy of the layer with 8-bit weights on its float input before the layer itself, and returns its
     * output. Fewer bits than 8 are not measured here, because the recipe chooses them. Empty if the layer's weights
     * stay float.
     */
    private static Optional<Value> twin(GraphCopy copy, Node node, LayerPrecision precision, Quantizer quantizer) {
        if (!quantizer.format(node).isInteger()) {
            return Optional.empty();
        }
        Constant weight = quantizer.weight(node);
        float[] scales = WeightRounding.usualScales(weight.data(), WeightFormat.INT8);
        List<Value> inputs = new ArrayList<>();
        inputs.add(copy.value(node.input(0)));
        inputs.add(copy.constant(
                weight.name() + " rounded for " + node.output().id(),
                WeightRounding.round(weight.data(), WeightFormat.INT8, scales)));
        node.inputs().stream().skip(2).forEach(v -> inputs.add(copy.value(v)));
        copy.add(node, precision.in(node.attributes()), inputs);
        return Optional.of(copy.value(node.output()));
    }

    static int channels(Node node, long[] dims) {
        return node.op() == Op.CONV1D || node.op() == Op.CONV2D ? 1 : dims.length - 1;
    }

    private static String reason(LayerNoise noise) {
        return String.format(
                Locale.ROOT,
                "rounding drowns quiet frames: signal to noise %.1f dB in the worst frame, at least %.0f dB wanted"
                        + " (%.1f dB over all frames)",
                noise.worst(),
                LEAST_WORST,
                noise.mean());
    }
}
