/**
 * The data of an evaluation of TorchScript: the code as records that Java can walk ({@link
 * org.quantvoice.torch.values.ScriptBlock}), the values of variables ({@link org.quantvoice.torch.values.TensorRef},
 * sizes, tuples, objects), and what is known about a tensor's elements from sizes alone ({@link
 * org.quantvoice.torch.values.UniformValues}). Nothing here knows an operator.
 */
@NullMarked
package org.quantvoice.torch.values;

import org.jspecify.annotations.NullMarked;
