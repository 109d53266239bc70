/**
 * What a quantization asks of an engine: recipes and budgets, rules for scales, and how ranges of activations are found from
 * what calibration hears. Immutable values, but for observers, each of which belongs to one thread. No native code.
 */
@NullMarked
package org.quantvoice.internal.recipe;

import org.jspecify.annotations.NullMarked;
