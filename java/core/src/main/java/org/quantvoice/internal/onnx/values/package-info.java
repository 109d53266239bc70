/** What names of an ONNX graph stand for while it is read: tensors of the file, numbers that sizes give, values of the graph. */
@NullMarked
package org.quantvoice.internal.onnx.values;

import org.jspecify.annotations.NullMarked;
