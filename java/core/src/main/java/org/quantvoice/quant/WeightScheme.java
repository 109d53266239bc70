package org.quantvoice.quant;

/** The values that weights of a number of bits may have, times the scale of their output channel. */
public enum WeightScheme {
    /** The values are whole numbers, evenly spaced. */
    LINEAR,
    /**
     * The values are signed powers of 2 and 0; from 5 bits on they are powers of a root of 2, because more powers of
     * 2 would only add values near 0 (Miyashita, Lee, Murmann: "Convolutional Neural Networks using Logarithmic Data
     * Representation", 2016).
     */
    LOG2
}
