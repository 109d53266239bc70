package org.quantvoice.torch.quantize;

import org.bytedeco.pytorch.Tensor;
import org.quantvoice.torch.script.Operators;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.ScriptModule;

/**
 * Measures the noise that rounding a layer's output to 8 bits adds. The signal of a frame is its squared deviations
 * from its own mean over the channels, because the norm that usually follows subtracts that mean and scales up the
 * rest. The noise is the squared deviations of the rounding errors from their mean.
 */
public final class OutputNoise {
    private static final double DECIBEL = 10 / Math.log(10);

    private final int channelAxis;
    private final QuantParams params;
    private double signal;
    private double noise;
    private double worst = Double.POSITIVE_INFINITY;

    OutputNoise(int channelAxis, QuantParams params) {
        this.channelAxis = channelAxis;
        this.params = params;
    }

    /** @param output float output of the layer for one utterance */
    void add(Tensor output) {
        Tensor error = Operators.quantize(output, params).dequantize().sub(output);
        float[] signals = ScriptModule.floats(variation(output));
        float[] noises = ScriptModule.floats(variation(error));
        for (int frame = 0; frame < signals.length; frame++) {
            signal += signals[frame];
            noise += noises[frame];
            if (signals[frame] > 0 && noises[frame] > 0) {
                worst = Math.min(worst, signals[frame] / (double) noises[frame]);
            }
        }
    }

    private Tensor variation(Tensor tensor) {
        long[] axis = {channelAxis};
        Tensor deviation = tensor.sub(tensor.mean(axis, true, new org.bytedeco.pytorch.ScalarTypeOptional()));
        return deviation.mul(deviation).sum(axis);
    }

    /** Returns the signal-to-noise ratio over all frames, in dB. */
    double mean() {
        return DECIBEL * Math.log(signal / noise);
    }

    /** Returns the signal-to-noise ratio of the worst frame, in dB. */
    double worst() {
        return DECIBEL * Math.log(worst);
    }

    QuantParams params() {
        return params;
    }
}
