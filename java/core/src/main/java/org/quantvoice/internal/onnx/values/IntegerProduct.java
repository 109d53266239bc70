package org.quantvoice.internal.onnx.values;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * {@code MatMulInteger} or {@code ConvInteger} of an activation whose range is found at run time and a weight of the
 * file.
 *
 * @param op the graph's operator
 * @param x the activation before it is quantized
 * @param weight in the operator's layout, with scale 1
 * @param attributes of the operator
 */
public record IntegerProduct(Op op, Value x, StoredWeight weight, Attributes attributes) {}
