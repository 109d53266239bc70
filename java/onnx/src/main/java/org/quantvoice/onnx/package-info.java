/**
 * Writes models as ONNX files: the graph that the native engine runs, operator by operator in operator set 17. Float
 * layers stay float; int8 layers become QuantizeLinear and DequantizeLinear pairs or integer products with dynamic
 * ranges; sizes that depend on the input are computed in the file, so that batch and time are free. The classes
 * generated from ONNX's protocol buffers come from {@code tribuo-util-onnx}. The package calls no native code.
 */
@NullMarked
package org.quantvoice.onnx;

import org.jspecify.annotations.NullMarked;
