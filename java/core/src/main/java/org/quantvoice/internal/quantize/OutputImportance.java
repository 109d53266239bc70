package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.json.JsonException;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ScaleObjective;

/**
 * Measures how much an error of each output of a layer changes the loss: the squared gradient there, which is the
 * diagonal of the Hessian in the approximation of Yuan et al. ("PTQ4ViT", 2022). As in the paper, there is one number
 * for each output and recording; gradients are held for as many layers at a time as fit into a share of the heap.
 *
 * <p>A recogniser is sure of most frames, and the loss is flat there: alone, the squares of two or three frames in a
 * thousand would choose a channel's scale. But the loss is flat for small errors only, and quantization to few bits
 * makes large ones. So squares are divided by their mean in the channel and recording, which gives each recording the
 * same weight, and 1 is added to each, which gives all outputs alike the same weight again (damping, Levenberg 1944).
 */
public final class OutputImportance {
    private static final Set<Op> LAYERS = EnumSet.of(Op.LINEAR, Op.CONV1D, Op.CONV2D);
    private static final double DAMPING = 1;
    private static final int HEAP_SHARE = 8;

    private final Graph graph;
    private final List<Node> layers;
    private final ModelRequest request;
    private final LayerGradients gradients;
    private final int blank;
    private final Map<Node, List<float[]>> held = new HashMap<>();

    /**
     * @param layers in the order in which they will be asked for
     * @param gradients of the layers
     * @throws QuantizationException if nothing differentiates the request's model, or it has no token list
     */
    OutputImportance(Graph graph, List<Node> layers, ModelRequest request, Optional<LayerGradients> gradients) {
        this.graph = graph;
        this.layers = layers;
        this.request = request;
        this.gradients = gradients.orElseThrow(() -> refusal(request.model()));
        this.blank = blank(request);
    }

    /** Returns whether what is asked of the engine needs gradients. */
    public static boolean isWanted(ModelRequest request) {
        Optional<ScaleObjective> objective = request.tuning()
                .map(Tuning::objective)
                .or(() -> request.recipe().flatMap(r -> r.rules().objective()));
        return objective.equals(Optional.of(ScaleObjective.HESSIAN));
    }

    /**
     * For an objective that needs it.
     *
     * @param gradients asked for what differentiates the model if the objective does
     */
    public static Optional<OutputImportance> wanted(
            ScaleObjective objective,
            Graph graph,
            List<Node> layers,
            ModelRequest request,
            Supplier<Optional<LayerGradients>> gradients) {
        return objective == ScaleObjective.HESSIAN
                ? Optional.of(new OutputImportance(graph, layers, request, gradients.get()))
                : Optional.empty();
    }

    private static QuantizationException refusal(Path model) {
        return new QuantizationException(
                "the calibration HESSIAN for " + model + ", which cannot be differentiated",
                "a float model in TorchScript, and quantvoice-torch on the class path",
                "tune the .pt file that it was made of, or choose MSE, COSINE or MIN_MAX");
    }

    private static int blank(ModelRequest request) {
        String tokens = request.tokens()
                .orElseThrow(() -> new QuantizationException(
                        "the calibration HESSIAN without a token list",
                        "a token list that names the blank, for the CTC loss",
                        "pass tokens.json"));
        try {
            return (int) JsonReader.parse(tokens).get("blank").integer(0, Integer.MAX_VALUE);
        } catch (JsonException e) {
            throw new QuantizationException(
                    "a token list with " + e.got(), "a token list that names the blank", "pass tokens.json", e);
        }
    }

    /**
     * Returns the importance of a layer's outputs, one array for each run of the graph; it is computed anew if it was given
     * out before.
     *
     * @param outputs of the layer, one array for each run
     * @throws UnsupportedOperatorException if the gradients are those of outputs of other sizes
     */
    List<float[]> of(Node layer, List<float[]> outputs) {
        if (!held.containsKey(layer)) {
            fetch(layer);
        }
        List<float[]> found = held.remove(layer);
        if (!sizes(found).equals(sizes(outputs))) {
            throw differs(layer);
        }
        ChannelAxis channels = ChannelAxis.of(layer);
        return found.stream().map(g -> weights(g, channels)).toList();
    }

    private static List<Integer> sizes(List<float[]> arrays) {
        return arrays.stream().map(a -> a.length).toList();
    }

    private static UnsupportedOperatorException differs(Node layer) {
        return new UnsupportedOperatorException(
                "module " + layer.path() + ", whose layers differ between graph and TorchScript",
                "layers that run as they are written",
                "leave this module out, or choose MIN_MAX, MSE or COSINE");
    }

    private void fetch(Node first) {
        List<Node> group = new ArrayList<>();
        long room = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
        for (Node layer : layers.subList(layers.indexOf(first), layers.size())) {
            room -= request.calibration().stream()
                    .mapToLong(a -> Float.BYTES * gradients.elements(layer.output(), a.samples().length))
                    .sum();
            if (!group.isEmpty() && room < 0) {
                break;
            }
            group.add(layer);
        }
        Set<String> paths = new LinkedHashSet<>();
        group.forEach(n -> paths.add(n.path()));
        List<Map<String, List<float[]>>> all = gradients.of(paths, blank);
        held.clear();
        for (Node layer : group) {
            held.put(
                    layer,
                    all.stream()
                            .map(run -> own(layer, requireNonNull(run.get(layer.path()), layer.path())))
                            .toList());
        }
    }

    /**
     * Returns the gradients of one layer among those of its module's calls, because a module may run several layers.
     */
    private float[] own(Node layer, List<float[]> calls) {
        List<Node> nodes = graph.nodes().stream()
                .filter(n -> LAYERS.contains(n.op()) && n.path().equals(layer.path()))
                .toList();
        if (calls.size() != nodes.size()) {
            throw differs(layer);
        }
        float[] found = calls.get(nodes.indexOf(layer));
        LayerInputs.requireFinite(found, "the gradient of " + layer.path());
        return found;
    }

    /** Returns the squares of one recording's gradients, divided by their mean in the channel, plus the damping. */
    static float[] weights(float[] gradients, ChannelAxis channels) {
        double[] sums = new double[channels.count()];
        for (int i = 0; i < gradients.length; i++) {
            sums[channels.of(i, gradients.length)] += (double) gradients[i] * gradients[i];
        }
        double rows = (double) gradients.length / channels.count();
        float[] weights = new float[gradients.length];
        for (int i = 0; i < weights.length; i++) {
            double mean = sums[channels.of(i, weights.length)] / rows;
            double square = (double) gradients[i] * gradients[i];
            weights[i] = (float) ((mean > 0 ? square / mean : 0) + DAMPING);
        }
        return weights;
    }
}
