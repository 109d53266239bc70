package org.quantvoice.internal.quantize;

import org.quantvoice.graph.Node;
import org.quantvoice.quant.ScaleObjective;

/**
 * Measures how far the outputs of a quantized layer are from the float layer's, channel by channel. If a bias will
 * correct the layer's outputs, squared errors are those that remain after the mean error is subtracted.
 */
public final class ChannelErrors {
    private final ChannelAxis channels;
    private final ScaleObjective objective;
    private final boolean corrected;
    private final double[] dots;
    private final double[] norms;
    private final double[] roundedNorms;
    private final double[] offsets;
    private final double[] squares;
    private final double[] weights;
    private final double[] weightedOffsets;
    private final double[] weightedSquares;
    private final double[] weightedNorms;
    private long perChannel;

    /** @param corrected whether {@link #meanOffsets} will be added to the outputs */
    ChannelErrors(Node layer, ScaleObjective objective, boolean corrected) {
        this.channels = ChannelAxis.of(layer);
        this.objective = objective;
        this.corrected = corrected;
        int count = channels.count();
        this.dots = new double[count];
        this.norms = new double[count];
        this.roundedNorms = new double[count];
        this.offsets = new double[count];
        this.squares = new double[count];
        this.weights = new double[count];
        this.weightedOffsets = new double[count];
        this.weightedSquares = new double[count];
        this.weightedNorms = new double[count];
    }

    /**
     * Adds the outputs of one recording.
     *
     * @param importance weight of each output's error, above 0; empty if all weigh the same
     */
    void add(float[] exact, float[] rounded, float[] importance) {
        perChannel += exact.length / channels.count();
        for (int i = 0; i < exact.length; i++) {
            int c = channels.of(i, exact.length);
            double off = (double) exact[i] - rounded[i];
            double weight = importance.length == 0 ? 1 : importance[i];
            offsets[c] += off;
            squares[c] += off * off;
            weights[c] += weight;
            weightedOffsets[c] += weight * off;
            weightedSquares[c] += weight * off * off;
            weightedNorms[c] += weight * exact[i] * exact[i];
            dots[c] += (double) exact[i] * rounded[i];
            norms[c] += (double) exact[i] * exact[i];
            roundedNorms[c] += (double) rounded[i] * rounded[i];
        }
    }

    private double error(int channel) {
        if (objective != ScaleObjective.COSINE) {
            return weightedSquares[channel] - (corrected ? weightedOffsets[channel] * meanOffset(channel) : 0);
        }
        double length = Math.sqrt(norms[channel] * roundedNorms[channel]);
        return length == 0 ? (squares[channel] == 0 ? 0 : 1) : 1 - dots[channel] / length;
    }

    /** Copies the scales of the channels whose error is less than the least so far. */
    void keepBetter(float[] scales, float[] best, double[] least) {
        for (int c = 0; c < channels.count(); c++) {
            double error = error(c);
            if (error < least[c]) {
                least[c] = error;
                best[c] = scales[c];
            }
        }
    }

    /**
     * Returns the error of all channels together: for squared errors their share in the (weighted) squares of the
     * outputs, for cosines the mean.
     */
    double total() {
        double errors = 0;
        double signal = 0;
        for (int c = 0; c < channels.count(); c++) {
            errors += error(c);
            signal += weightedNorms[c];
        }
        if (objective == ScaleObjective.COSINE) {
            return errors / channels.count();
        }
        return signal == 0 ? errors : errors / signal;
    }

    private double meanOffset(int channel) {
        return weights[channel] == 0 ? 0 : weightedOffsets[channel] / weights[channel];
    }

    /** Returns what the outputs of each channel lack on weighted average. */
    float[] meanOffsets() {
        float[] means = new float[channels.count()];
        for (int c = 0; c < means.length; c++) {
            means[c] = (float) meanOffset(c);
        }
        return means;
    }

    /** Returns the signal-to-noise ratio of all channels together in dB, with all outputs weighing the same. */
    double decibels() {
        double signal = 0;
        double noise = 0;
        for (int c = 0; c < channels.count(); c++) {
            double shift = corrected ? meanOffset(c) : 0;
            signal += norms[c];
            noise += squares[c] - 2 * shift * offsets[c] + perChannel * shift * shift;
        }
        return noise <= 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }
}
