/**
 * Quantization-aware training on libtorch, and the gradients that other parts ask for.
 */
@NullMarked
package org.quantvoice.torch.train;

import org.jspecify.annotations.NullMarked;
