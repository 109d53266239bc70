/**
 * From a graph to what the native executor runs: quantization of layers, fusion, steps for a given length, and the model
 * that an engine hands out. {@link org.quantvoice.plan.NativeModel} is safe for any number of threads; programs and packed
 * weights are immutable, and each run has working memory of its own.
 */
@NullMarked
package org.quantvoice.plan;

import org.jspecify.annotations.NullMarked;
