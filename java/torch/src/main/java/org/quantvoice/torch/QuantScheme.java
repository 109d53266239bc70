package org.quantvoice.torch;

import org.quantvoice.engine.Backend;
import org.quantvoice.quant.QuantPreset;

/**
 * The ranges that PyTorch's {@code get_default_qconfig} gives a backend.
 *
 * @param top largest level of an activation: 127 for kernels that add products of two in 16 bits before widening, else 255
 * @param perChannel weights have a scale an output channel, else one for the tensor
 * @param reduceDynamic whether dynamic layers keep to 7 bits too, for the same reason
 */
record QuantScheme(int top, boolean perChannel, boolean reduceDynamic) {

    static QuantScheme of(Backend backend) {
        QuantPreset preset = QuantPreset.valueOf(backend.name());
        return new QuantScheme(preset.activations().high(), preset.perChannel(), backend != Backend.QNNPACK);
    }
}
