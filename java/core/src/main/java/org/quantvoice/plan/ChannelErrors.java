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

    ChannelErrors(Node layer, int channels, ScaleObjective objective) {
        this.channelsLast = layer.op() == Op.LINEAR;
        this.channels = channels;
        this.objective = objective;
        this.squares = new double[channels];
        this.dots = new double[channels];
        this.norms = new double[channels];
        this.roundedNorms = new double[channels];
    }

    /**
     * Sees the outputs of one recording: {@code [.., channels]} of a linear layer, {@code [1, channels, ..]} of a convolution.
     *
     * @param importance weight of each output's error; empty: all alike
     */
    void add(float[] exact, float[] rounded, float[] importance) {
        int inner = channelsLast ? 1 : exact.length / channels;
        for (int i = 0; i < exact.length; i++) {
            int c = i / inner % channels;
            double off = (double) exact[i] - rounded[i];
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

    /** Signal to noise of all channels together, in dB. */
    double decibels() {
        double signal = 0;
        double noise = 0;
        for (int c = 0; c < channels; c++) {
            signal += norms[c];
            noise += squares[c];
        }
        return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }
}
