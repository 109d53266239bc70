package org.quantvoice.torch.quantize;

import org.bytedeco.pytorch.Tensor;
import org.quantvoice.internal.recipe.RangeObserver.Bounds;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.ScriptModule;

/** Adapts an observer of the core, which the native engine uses too. */
public final class SharedObserver implements RangeObserver {
    private final org.quantvoice.internal.recipe.RangeObserver observer;

    SharedObserver(ActivationObserver kind, String name) {
        this.observer = org.quantvoice.internal.recipe.RangeObserver.of(kind, name);
    }

    @Override
    public void add(Tensor tensor) {
        observer.add(ScriptModule.floats(tensor));
    }

    @Override
    public QuantParams params(RangeScheme scheme) {
        Bounds bounds = observer.bounds();
        return QuantParams.covering(bounds.min(), bounds.max(), scheme);
    }
}
