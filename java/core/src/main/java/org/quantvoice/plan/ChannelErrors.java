package org.quantvoice.plan;

import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.quant.ScaleObjective;

/** How far the outputs of a rounded layer are from the float layer's, channel by channel. */
final class ChannelErrors {
    private final boolean channelsLast;
    private final int channels;
    private final ScaleObjective objective;
    private final double[] squares;
    private final double[] dots;
    private final double[] norms;
    private final double[] roundedNorms;
    private final double[] offsets;
    private long perChannel;

    ChannelErrors(Node layer, int channels, ScaleObjective objective) {
        this.channelsLast = layer.op() == Op.LINEAR;
        this.channels = channels;
        this.objective = objective;
        this.squares = new double[channels];
        this.dots = new double[channels];
        this.norms = new double[channels];
        this.roundedNorms = new double[channels];
        this.offsets = new double[channels];
    }

    /**
     * Sees the outputs of one recording: {@code [.., channels]} of a linear layer, {@code [1, channels, ..]} of a convolution.
     *
     * @param importance weight of each output's error; empty: all alike
     */
    void add(float[] exact, float[] rounded, float[] importance) {
        perChannel += exact.length / channels;
        int inner = channelsLast ? 1 : exact.length / channels;
        for (int i = 0; i < exact.length; i++) {
            int c = i / inner % channels;
            double off = (double) exact[i] - rounded[i];
            offsets[c] += off;
            squares[c] += off * off * (importance.length == 0 ? 1 : importance[i]);
            dots[c] += (double) exact[i] * rounded[i];
            norms[c] += (double) exact[i] * exact[i];
            roundedNorms[c] += (double) rounded[i] * rounded[i];
        }
    }

    private double error(int channel) {
        if (objective != ScaleObjective.COSINE) {
            return squares[channel];
        }
        double length = Math.sqrt(norms[channel] * roundedNorms[channel]);
        return length == 0 ? (squares[channel] == 0 ? 0 : 1) : 1 - dots[channel] / length;
    }

    /** Takes over the scales of the channels whose error is less than the least so far. */
    void keepBetter(float[] scales, float[] best, double[] least) {
        for (int c = 0; c < channels; c++) {
            double error = error(c);
            if (error < least[c]) {
                least[c] = error;
                best[c] = scales[c];
            }
        }
    }

    /** What the outputs of each channel lack on average. */
    float[] meanOffsets() {
        float[] means = new float[channels];
        for (int c = 0; c < channels; c++) {
            means[c] = perChannel == 0 ? 0 : (float) (offsets[c] / perChannel);
        }
        return means;
    }

    /**
     * Signal to noise of all channels together, in dB.
     *
     * @param corrected whether {@link #meanOffsets} are added to the outputs
     */
    double decibels(boolean corrected) {
        double signal = 0;
        double noise = 0;
        for (int c = 0; c < channels; c++) {
            signal += norms[c];
            noise += squares[c] - (corrected && perChannel > 0 ? offsets[c] * offsets[c] / perChannel : 0);
        }
        return noise <= 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }
}
