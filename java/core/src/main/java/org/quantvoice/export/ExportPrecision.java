package org.quantvoice.export;

/** The numbers in which an exported model computes. */
public enum ExportPrecision {
    /**
     * The numbers of the model as it was quantized: static layers become {@link #QDQ}, dynamic ones {@link #DYNAMIC}.
     */
    AS_IS,
    /** Float in all layers; int8 weights become the floats that they stand for. */
    FLOAT,
    /** Int8 layers between QuantizeLinear and DequantizeLinear; dynamic ones find their range at each run. */
    QDQ,
    /**
     * Int8 layers as integer products with ranges that each run finds, also for layers that have calibrated ranges.
     */
    DYNAMIC
}
