package org.quantvoice.torch;

import org.bytedeco.pytorch.Tensor;
import org.quantvoice.error.CalibrationException;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.RangeScheme;

/** Finds the range of an activation from the tensors that calibration sees. For one thread. */
interface RangeObserver {

    /** @param tensor float, any shape; an empty one is ignored */
    void add(Tensor tensor);

    /**
     * @param scheme the levels
     * @throws CalibrationException if nothing was seen
     */
    QuantParams params(RangeScheme scheme);

    static RangeObserver of(ActivationObserver kind) {
        return switch (kind) {
            case MIN_MAX -> new MinMaxObserver();
            case HISTOGRAM -> new HistogramObserver();
            case MOVING_AVERAGE, PERCENTILE, ENTROPY -> new SharedObserver(kind);
        };
    }

    static CalibrationException nothingSeen() {
        return new CalibrationException(
                "a layer that never ran on the calibration audio",
                "audio that makes every static layer run",
                "add longer recordings or leave the layer float");
    }
}
