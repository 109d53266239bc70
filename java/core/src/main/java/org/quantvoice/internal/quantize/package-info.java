/**
 * Quantization of a float graph to layers of few bits: recipes applied to layers, calibration, search of scales,
 * tuning to a budget, and the report of the noise.
 *
 * <p>A quantized graph is a new graph; the float one stays as it was. Runs that observe layers use the models of
 * {@code org.quantvoice.internal.exec}; nothing here is needed to run a model that is quantized already.
 */
@NullMarked
package org.quantvoice.internal.quantize;

import org.jspecify.annotations.NullMarked;
