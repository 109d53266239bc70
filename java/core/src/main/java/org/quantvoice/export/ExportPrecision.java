package org.quantvoice.export;

/** In which numbers an exported model computes. */
public enum ExportPrecision {
    /** As the model was quantized: what is static becomes {@link #QDQ}, what is dynamic {@link #DYNAMIC}. */
    AS_IS,
    /** Float throughout; int8 weights become the floats that they stand for. */
    FLOAT,
    /** Int8 layers between QuantizeLinear and DequantizeLinear; dynamic ones find their range at each run. */
    QDQ,
    /** Int8 layers as integer products with ranges of each run, also those that have calibrated ones. */
    DYNAMIC
}
