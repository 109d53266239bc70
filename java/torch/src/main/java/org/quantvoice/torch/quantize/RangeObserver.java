package org.quantvoice.torch.quantize;

import org.bytedeco.pytorch.Tensor;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.script.QuantParams;

/** Finds the range of an activation from the tensors that calibration sees. For one thread. */
public interface RangeObserver {

    /**
     * Adds the values of one run.
     *
     * @param tensor float, any shape; an empty one is ignored
     * @throws QuantizationException if a value is not finite
     */
    void add(Tensor tensor);

    /**
     * @param scheme the levels
     * @throws QuantizationException if nothing was seen
     */
    QuantParams params(RangeScheme scheme);

    /** @param name of the activation, for messages */
    static RangeObserver of(ActivationObserver kind, String name) {
        return switch (kind) {
            case MIN_MAX -> new MinMaxObserver(name);
            case HISTOGRAM -> new HistogramObserver(name);
            case MOVING_AVERAGE, PERCENTILE, ENTROPY -> new SharedObserver(kind, name);
        };
    }

    static QuantizationException nothingSeen(String name) {
        return new QuantizationException(
                "no activation at " + name + " on the calibration audio",
                "audio that makes every static layer run",
                "add longer recordings or leave the layer float");
    }
}
