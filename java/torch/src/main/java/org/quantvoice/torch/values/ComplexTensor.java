package org.quantvoice.torch.values;

import org.quantvoice.graph.Value;

/**
 * A complex tensor as two tensors of real numbers, because the graph has no complex ones.
 *
 * @param real parts
 * @param imaginary parts, of the same shape
 */
public record ComplexTensor(Value real, Value imaginary) {}
