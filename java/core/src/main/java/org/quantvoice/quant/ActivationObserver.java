package org.quantvoice.quant;

/** How the range of an activation is found from what calibration sees. */
public enum ActivationObserver {
    /** The smallest and the largest value seen. */
    MIN_MAX,
    /** The same, a moving average over recordings of which each new one counts 1 % (PyTorch's MovingAverageMinMaxObserver). */
    MOVING_AVERAGE,
    /** A histogram of 2,048 bins, cut where the expected squared rounding error is least (PyTorch's HistogramObserver). */
    HISTOGRAM,
    /** A histogram, of which 0.005 % of the values are cut at each end. */
    PERCENTILE,
    /**
     * A histogram, cut where the distribution of rounded values tells most of that of the values themselves: least
     * Kullback-Leibler divergence, as in TensorRT.
     */
    ENTROPY
}
