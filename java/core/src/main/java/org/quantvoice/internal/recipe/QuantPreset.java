package org.quantvoice.internal.recipe;

import org.quantvoice.engine.Backend;
import org.quantvoice.quant.ActivationObserver;

/** What PyTorch's {@code get_default_qconfig(backend)} means. */
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

    /** The configuration of a backend. */
    public static QuantPreset of(Backend backend) {
        return valueOf(backend.name());
    }

    /** Levels of the activations of static layers. */
    public RangeScheme activations() {
        return activations;
    }

    /** How the range of an activation is found. */
    public ActivationObserver observer() {
        return ActivationObserver.HISTOGRAM;
    }

    /** Levels of weights. */
    public RangeScheme weights() {
        return RangeScheme.QINT8_SYMMETRIC;
    }

    /** Whether weights have a scale an output channel, else one for the tensor. */
    public boolean perChannel() {
        return perChannel;
    }
}
