package org.quantvoice.plan;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.kernels.KernelPool;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.qv.WeightRounding;

/**
 * Chooses the scale of each output channel of a layer by what rounding does to the channel's output. A channel's output
 * depends on its own weights alone, so one run of the layer judges a candidate for all channels at once.
 */
final class ScaleSearch {
    /** Candidates: parts of the scale with which nothing is cut. */
    private static final float[] FACTORS = {
        1, 0.95f, 0.9f, 0.85f, 0.8f, 0.75f, 0.7f, 0.65f, 0.6f, 0.55f, 0.5f, 0.45f, 0.4f, 0.35f
    };

    private final Graph graph;
    private final KernelPool pool;
    private final ScaleObjective objective;

    ScaleSearch(Graph graph, KernelPool pool, ScaleObjective objective) {
        this.graph = graph;
        this.pool = pool;
        this.objective = objective;
    }

    /**
     * Finds the scales.
     *
     * @param exact the float layer's outputs, one array a recording
     * @param importance weights of the errors, of the outputs' sizes; empty: all alike
     */
    float[] find(
            Node layer,
            LayerPrecision precision,
            WeightFormat format,
            List<LayerInput> inputs,
            List<float[]> exact,
            List<float[]> importance) {
        TensorData weight = graph.constant(layer.input(1)).orElseThrow().data();
        float[] widest = WeightRounding.minMaxScales(weight, format);
        if (objective == ScaleObjective.MIN_MAX) {
            return widest;
        }
        float[] best = widest.clone();
        double[] least = new double[widest.length];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (float factor : FACTORS) {
            float[] scales = scaled(widest, factor);
            try (LayerProbe probe =
                    new LayerProbe(graph, layer, precision, WeightRounding.round(weight, format, scales), pool)) {
                ChannelErrors errors = new ChannelErrors(layer, widest.length, objective);
                for (int r = 0; r < inputs.size(); r++) {
                    float[] weights = importance.isEmpty() ? new float[0] : importance.get(r);
                    errors.add(exact.get(r), probe.run(inputs.get(r)), weights);
                }
                errors.keepBetter(scales, best, least);
            }
        }
        return best;
    }

    private static float[] scaled(float[] scales, float factor) {
        float[] result = new float[scales.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.max(scales[i] * factor, Float.MIN_NORMAL);
        }
        return result;
    }
}
