package org.quantvoice.quant;

/** Observers, which find the range of an activation from the values that occur in calibration. */
public enum ActivationObserver {
    /** Takes the smallest and the largest value. */
    MIN_MAX,
    /**
     * Takes a moving average over recordings of the smallest and the largest value, in which each new recording
     * counts 1 % (PyTorch's MovingAverageMinMaxObserver).
     */
    MOVING_AVERAGE,
    /**
     * Takes a histogram of 2,048 bins, clipped where the expected squared rounding error is least (PyTorch's
     * HistogramObserver).
     */
    HISTOGRAM,
    /** Takes a histogram from which 0.005 % of the values are clipped at each end. */
    PERCENTILE,
    /**
     * Takes a histogram, clipped where the distribution of quantized values has the least Kullback-Leibler divergence
     * from that of the values themselves, as in TensorRT.
     */
    ENTROPY
}
