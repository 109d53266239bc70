package org.quantvoice.torch.values;

import org.quantvoice.graph.Value;

/**
 * A complex tensor, which the graph has none of: two of real numbers.
 *
 * @param real parts
 * @param imaginary parts, of the same shape
 */
public record ComplexTensor(Value real, Value imaginary) {}
