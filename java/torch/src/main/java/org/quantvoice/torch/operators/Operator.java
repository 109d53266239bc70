package org.quantvoice.torch.operators;

/** Evaluates one TorchScript operator: it returns a value that is known already, or adds nodes to the graph. */
@FunctionalInterface
interface Operator {
    Object apply(Call call);
}
