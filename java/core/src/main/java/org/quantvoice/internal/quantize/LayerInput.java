package org.quantvoice.internal.quantize;

/**
 * The input of a layer for one recording.
 *
 * @param values row-major
 * @param shape sizes
 */
@SuppressWarnings("ArrayRecordComponent")
public record LayerInput(float[] values, long[] shape) {}
