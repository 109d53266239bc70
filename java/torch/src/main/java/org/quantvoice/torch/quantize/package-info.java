/**
 * Quantization on libtorch: which layers a recipe selects, what calibration observes there, and the rewriting of the graph to
 * quantized operators.
 */
@NullMarked
package org.quantvoice.torch.quantize;

import org.jspecify.annotations.NullMarked;
