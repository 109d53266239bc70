package org.quantvoice.internal.quantize;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.WeightFormat;

/**
 * Chooses the scale of each output channel of a layer by the error that quantization causes in the channel's output.
 * A channel's output depends on its own weights alone, so one run of the layer judges a candidate for all channels at
 * once.
 */
public final class ScaleSearch {
    /** Candidate scales as factors of the scale with which no weight is clipped. */
    private static final float[] FACTORS = {
        1, 0.95f, 0.9f, 0.85f, 0.8f, 0.75f, 0.7f, 0.65f, 0.6f, 0.55f, 0.5f, 0.45f, 0.4f, 0.35f
    };

    private static final float[] ALL_ALIKE = {};

    private final Graph graph;
    private final KernelPool pool;
    private final ScaleObjective objective;

    ScaleSearch(Graph graph, KernelPool pool, ScaleObjective objective) {
        this.graph = graph;
        this.pool = pool;
        this.objective = objective;
    }

    /**
     * The inputs and outputs of a layer, one entry for each recording.
     *
     * @param inputs of the layer
     * @param exact the float layer's outputs
     * @param importance weights of the errors, of the outputs' sizes; empty if all weigh the same
     */
    record Outputs(List<LayerInput> inputs, List<float[]> exact, List<float[]> importance) {
        private float[] importance(int recording) {
            return importance.isEmpty() ? ALL_ALIKE : importance.get(recording);
        }
    }

    /**
     * The scales of a layer.
     *
     * @param perChannel one for each output channel
     * @param errors that remain with these scales
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Scales(float[] perChannel, ChannelErrors errors) {}

    /**
     * Finds the scales.
     *
     * @param corrected whether the layer's bias will correct the mean error
     */
    Scales find(Node layer, LayerPrecision precision, WeightFormat format, Outputs outputs, boolean corrected) {
        float[] widest = WeightRounding.minMaxScales(weight(layer), format);
        float[] best = widest.clone();
        if (objective != ScaleObjective.MIN_MAX) {
            double[] least = new double[widest.length];
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            for (float factor : FACTORS) {
                float[] scales = scaled(widest, factor);
                errors(layer, precision, format, scales, outputs, corrected).keepBetter(scales, best, least);
            }
        }
        return new Scales(best, errors(layer, precision, format, best, outputs, corrected));
    }

    /** Returns the errors that remain with given scales. */
    ChannelErrors errors(
            Node layer,
            LayerPrecision precision,
            WeightFormat format,
            float[] scales,
            Outputs outputs,
            boolean corrected) {
        ChannelErrors errors = new ChannelErrors(layer, objective, corrected);
        TensorData rounded = WeightRounding.round(weight(layer), format, scales);
        try (LayerProbe probe = new LayerProbe(graph, layer, precision, rounded, pool)) {
            for (int r = 0; r < outputs.inputs().size(); r++) {
                errors.add(outputs.exact().get(r), probe.run(outputs.inputs().get(r)), outputs.importance(r));
            }
        }
        return errors;
    }

    private TensorData weight(Node layer) {
        return graph.constant(layer.input(1)).orElseThrow().data();
    }

    private static float[] scaled(float[] scales, float factor) {
        float[] result = new float[scales.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.max(scales[i] * factor, Float.MIN_NORMAL);
        }
        return result;
    }
}
