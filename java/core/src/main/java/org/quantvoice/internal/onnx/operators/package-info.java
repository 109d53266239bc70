/**
 * ONNX's operators in terms of the graph's: what is known while a model is read is computed, what depends on sizes becomes sizes,
 * the rest becomes nodes.
 */
@NullMarked
package org.quantvoice.internal.onnx.operators;

import org.jspecify.annotations.NullMarked;
