package org.quantvoice.internal.quantize;

import java.util.Arrays;

/**
 * Signal and quantization noise of one layer's output. The signal of a frame is its squared deviations from its own
 * mean over the channels, because the norm that usually follows subtracts that mean and scales up the rest. The noise
 * is the differences of the quantized run, with their mean subtracted too.
 */
public final class LayerNoise {
    private static final double DECIBEL = 10 / Math.log(10);

    private double signal;
    private double noise;
    private double worst = Double.POSITIVE_INFINITY;

    /**
     * Adds the outputs of one recording.
     *
     * @param floats output of the float model, dense
     * @param rounded output of the quantized model, dense
     * @param dims sizes of both
     * @param channelAxis index in {@code dims} of the channels; all other axes are frames
     */
    void add(float[] floats, float[] rounded, long[] dims, int channelAxis) {
        int channels = Math.toIntExact(dims[channelAxis]);
        int stride = Math.toIntExact(Arrays.stream(dims).skip(channelAxis + 1L).reduce(1, (a, b) -> a * b));
        int frames = floats.length / channels;
        for (int frame = 0; frame < frames; frame++) {
            int at = frame / stride * stride * channels + frame % stride;
            addFrame(floats, rounded, at, stride, channels);
        }
    }

    private void addFrame(float[] floats, float[] rounded, int at, int stride, int channels) {
        double mean = 0;
        double meanError = 0;
        for (int c = 0; c < channels; c++) {
            int i = at + c * stride;
            mean += floats[i];
            meanError += rounded[i] - (double) floats[i];
        }
        mean /= channels;
        meanError /= channels;
        double frameSignal = 0;
        double frameNoise = 0;
        for (int c = 0; c < channels; c++) {
            int i = at + c * stride;
            double deviation = floats[i] - mean;
            double error = rounded[i] - (double) floats[i] - meanError;
            frameSignal += deviation * deviation;
            frameNoise += error * error;
        }
        signal += frameSignal;
        noise += frameNoise;
        if (frameSignal > 0 && frameNoise > 0) {
            worst = Math.min(worst, frameSignal / frameNoise);
        }
    }

    /**
     * Returns the signal-to-noise ratio over all frames in dB; infinite if there is no noise, NaN before the first
     * frame.
     */
    double mean() {
        return DECIBEL * Math.log(signal / noise);
    }

    /** Returns the signal-to-noise ratio of the worst frame in dB. */
    double worst() {
        return DECIBEL * Math.log(worst);
    }
}
