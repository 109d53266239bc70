/**
 * The options of a quantization: recipes and budgets, rules for scales, and observers that find ranges of activations
 * in calibration audio. Values are immutable, except observers, each of which belongs to one thread. No native code.
 */
@NullMarked
package org.quantvoice.internal.recipe;

import org.jspecify.annotations.NullMarked;
