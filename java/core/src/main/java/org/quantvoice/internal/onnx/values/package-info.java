/**
 * The meanings of names of an ONNX graph while it is read: tensors of the file, numbers that depend on sizes, values
 * of the graph.
 */
@NullMarked
package org.quantvoice.internal.onnx.values;

import org.jspecify.annotations.NullMarked;
