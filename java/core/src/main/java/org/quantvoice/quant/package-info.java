/**
 * Descriptions of quantization: recipes, observers, ranges and reports. No native code, no engine; engines read a
 * {@link org.quantvoice.internal.recipe.QuantRecipe} and return a {@link org.quantvoice.quant.QuantReport}. Values
 * are immutable.
 */
@NullMarked
package org.quantvoice.quant;

import org.jspecify.annotations.NullMarked;
