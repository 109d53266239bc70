package org.quantvoice.internal.recipe;

import org.quantvoice.engine.Backend;
import org.quantvoice.quant.ActivationObserver;

/** The meaning of PyTorch's {@code get_default_qconfig(backend)}. */
public enum QuantPreset {
    FBGEMM(RangeScheme.QUINT8_REDUCED, true),
    QNNPACK(RangeScheme.QUINT8, false),
    X86(RangeScheme.QUINT8_REDUCED, true),
    ONEDNN(RangeScheme.QUINT8, true);

    private final RangeScheme activations;
    private final boolean perChannel;

    QuantPreset(RangeScheme activations, boolean perChannel) {
        this.activations = activations;
        this.perChannel = perChannel;
    }

    /** Returns the preset of a backend. */
    public static QuantPreset of(Backend backend) {
        return valueOf(backend.name());
    }

    /** Returns the levels of the activations of static layers. */
    public RangeScheme activations() {
        return activations;
    }

    /** Returns the observer that finds the range of an activation. */
    public ActivationObserver observer() {
        return ActivationObserver.HISTOGRAM;
    }

    /** Returns the levels of weights. */
    public RangeScheme weights() {
        return RangeScheme.QINT8_SYMMETRIC;
    }

    /** Returns whether weights have one scale for each output channel; otherwise the tensor has one scale. */
    public boolean perChannel() {
        return perChannel;
    }
}
