package org.quantvoice.quant;

/**
 * Measures of how sensitive a layer is to quantization, taken from the float model's activations on a few recordings
 * without labels (Fish, Michieli, Ozay: "A Model for Every User and Budget", 2023). A larger value is a more
 * sensitive layer.
 */
public enum Sensitivity {
    /** Mean magnitude of the layer's output. */
    MEAN,
    /** Median magnitude of the layer's output. */
    MEDIAN,
    /** Largest magnitude of the layer's output. */
    MAX,
    /** Mean distance between the outputs of the float and the 8-bit layer. */
    L1,
    /** Root of the mean squared distance between these outputs. */
    L2,
    /** The number 1 minus the cosine between these outputs. */
    COSINE,
    /** Kullback-Leibler divergence of the histogram of the 8-bit layer's output from that of the float layer's, in nats. */
    KL
}
