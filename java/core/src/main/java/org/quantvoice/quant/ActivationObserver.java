package org.quantvoice.quant;

/** How the range of an activation is found from what calibration sees. */
public enum ActivationObserver {
    /** The smallest and the largest value seen. */
    MIN_MAX,
    /** A histogram of 2,048 bins, cut where the expected squared rounding error is least (PyTorch's HistogramObserver). */
    HISTOGRAM
}
