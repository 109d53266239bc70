/**
 * TorchScript's operators as operators of the graph. {@link org.quantvoice.torch.operators.Operators} is the table from
 * names to emitters; an emitter reads its arguments from a {@link org.quantvoice.torch.operators.Call} and adds nodes to
 * the graph of the call's {@link org.quantvoice.torch.operators.ImportContext}. An operator whose arguments do not depend
 * on the input is computed by libtorch instead.
 *
 * <p>This package knows the values and not the evaluator, which looks operators up here.
 */
@NullMarked
package org.quantvoice.torch.operators;

import org.jspecify.annotations.NullMarked;
