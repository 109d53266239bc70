package org.quantvoice.plan;

/**
 * What a layer sees of one recording.
 *
 * @param values row-major
 * @param shape sizes
 */
@SuppressWarnings("ArrayRecordComponent")
record LayerInput(float[] values, long[] shape) {}
