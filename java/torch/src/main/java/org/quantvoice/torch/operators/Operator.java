package org.quantvoice.torch.operators;

/** What one TorchScript operator means: static results, or nodes of the graph. */
@FunctionalInterface
interface Operator {
    Object apply(Call call);
}
