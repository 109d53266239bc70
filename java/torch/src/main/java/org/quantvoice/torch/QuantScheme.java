package org.quantvoice.torch;

import org.quantvoice.engine.Backend;

/**
 * The ranges that PyTorch's {@code get_default_qconfig} gives a backend.
 *
 * @param top largest level of an activation: 127 for kernels that add products of two in 16 bits before widening, else 255
 * @param perChannel weights have a scale an output channel, else one for the tensor
 * @param reduceDynamic whether dynamic layers keep to 7 bits too, for the same reason
 */
record QuantScheme(int top, boolean perChannel, boolean reduceDynamic) {

    static QuantScheme of(Backend backend) {
        return switch (backend) {
            case FBGEMM, X86 -> new QuantScheme(127, true, true);
            case ONEDNN -> new QuantScheme(255, true, true);
            case QNNPACK -> new QuantScheme(255, false, false);
        };
    }
}
