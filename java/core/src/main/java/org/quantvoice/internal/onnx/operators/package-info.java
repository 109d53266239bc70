/**
 * Translation of ONNX's operators into the graph's: values that are known while a model is read are computed, values
 * that depend on sizes become size expressions, and the rest become nodes.
 */
@NullMarked
package org.quantvoice.internal.onnx.operators;

import org.jspecify.annotations.NullMarked;
