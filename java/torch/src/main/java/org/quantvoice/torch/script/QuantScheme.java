package org.quantvoice.torch.script;

import org.quantvoice.engine.Backend;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.internal.recipe.ScaleRules;

/**
 * The levels that PyTorch's {@code get_default_qconfig} gives a backend, unless others are asked for.
 *
 * @param activations of static layers: to 127 for kernels that add products of two in 16 bits before widening, else to 255
 * @param perChannel weights have a scale an output channel, else one for the tensor
 * @param reduceDynamic whether dynamic layers keep to 7 bits too, for the same reason
 */
public record QuantScheme(RangeScheme activations, boolean perChannel, boolean reduceDynamic) {

    public static QuantScheme of(Backend backend, ScaleRules rules) {
        QuantPreset own = QuantPreset.of(backend);
        return new QuantScheme(
                rules.activations(own.activations()),
                rules.preset().orElse(own).perChannel(),
                backend != Backend.QNNPACK);
    }
}
