/**
 * Readers of ONNX files: a reader of protobuf's wire format that checks every number of the file, and tensors that
 * stay in the file until they are read.
 */
@NullMarked
package org.quantvoice.internal.onnx.read;

import org.jspecify.annotations.NullMarked;
