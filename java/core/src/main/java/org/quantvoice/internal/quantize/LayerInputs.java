package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/**
 * The inputs of layers for all recordings. The model is run for as many layers at a time as fit into a share of the
 * heap.
 */
public final class LayerInputs {
    private static final int HEAP_SHARE = 4;

    private final PieceRun run;
    private final List<Audio> audio;
    private final Progress progress;

    /** Inputs of a whole model's layers. */
    public LayerInputs(Graph graph, Quantizer.FloatRun run, List<Audio> audio, Progress progress) {
        this(PieceRun.whole(graph, run), audio, progress);
    }

    LayerInputs(PieceRun run, List<Audio> audio, Progress progress) {
        this.run = run;
        this.audio = audio;
        this.progress = progress;
    }

    /**
     * Calls for each layer with its inputs, one a recording, or one a chunk of it.
     *
     * @param step as progress is told
     * @throws QuantizationException naming the layer, if an input is not finite, or if all recordings are too short for one
     */
    void forEach(List<Node> layers, String step, BiConsumer<Node, List<LayerInput>> use) {
        int done = 0;
        for (List<Node> group : groups(layers)) {
            Map<Value, List<LayerInput>> seen = seen(group, step, done, layers.size());
            for (Node layer : group) {
                List<LayerInput> inputs = seen.getOrDefault(layer.input(0), List.of());
                requireSome(inputs, layer);
                inputs.forEach(i -> requireFinite(i.values(), "the input of " + layer.path()));
                use.accept(layer, inputs);
                progress.report(step, ++done, layers.size());
            }
        }
    }

    private Map<Value, List<LayerInput>> seen(List<Node> group, String step, int done, int total) {
        Set<Value> taps = new LinkedHashSet<>();
        group.forEach(n -> taps.add(n.input(0)));
        Map<Value, List<LayerInput>> seen = new HashMap<>();
        for (Audio recording : audio) {
            progress.report(step, done, total);
            run.pieces(recording.samples(), taps)
                    .forEach(piece -> piece.forEach((value, values) ->
                            seen.computeIfAbsent(value, v -> new ArrayList<>()).add(values)));
        }
        return seen;
    }

    private static void requireSome(List<LayerInput> inputs, Node layer) {
        if (inputs.stream().noneMatch(i -> i.values().length > 0)) {
            throw new QuantizationException(
                    "recordings that are all too short for a frame of " + layer.path(),
                    "some seconds of speech",
                    "pass longer recordings");
        }
    }

    private List<List<Node>> groups(List<Node> layers) {
        long room = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
        List<List<Node>> groups = new ArrayList<>();
        Map<Value, Long> held = new LinkedHashMap<>();
        for (Node layer : layers) {
            Value input = layer.input(0);
            long bytes = held.containsKey(input) ? 0 : bytes(input);
            long sum = held.values().stream().mapToLong(Long::longValue).sum();
            if (groups.isEmpty() || sum + bytes > room) {
                groups.add(new ArrayList<>());
                held.clear();
            }
            held.put(input, bytes(input));
            groups.get(groups.size() - 1).add(layer);
        }
        return groups;
    }

    private long bytes(Value value) {
        return audio.stream()
                .mapToLong(a -> Float.BYTES * run.elements(value, a.samples().length))
                .sum();
    }

    static void requireFinite(float[] values, String where) {
        for (float x : values) {
            if (!Float.isFinite(x)) {
                throw new QuantizationException(
                        "the activation " + x + " at " + where,
                        "finite activations",
                        "check the model and the calibration audio: something overflows");
            }
        }
    }
}
