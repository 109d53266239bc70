package org.quantvoice.internal.quantize;

/**
 * What a layer sees of one recording.
 *
 * @param values row-major
 * @param shape sizes
 */
@SuppressWarnings("ArrayRecordComponent")
public record LayerInput(float[] values, long[] shape) {}
