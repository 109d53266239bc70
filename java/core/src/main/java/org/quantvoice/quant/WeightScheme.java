package org.quantvoice.quant;

/** Which values the weights of a width may take, times the scale of their output channel. */
public enum WeightScheme {
    /** Whole numbers, evenly spaced. */
    LINEAR,
    /**
     * Signed powers of 2 and 0; from 5 bits on powers of a root of 2, as more powers of 2 would only add values near 0
     * (Miyashita, Lee, Murmann: "Convolutional Neural Networks using Logarithmic Data Representation", 2016).
     */
    LOG2
}
