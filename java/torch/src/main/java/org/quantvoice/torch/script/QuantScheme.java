package org.quantvoice.torch.script;

import org.quantvoice.engine.Backend;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.internal.recipe.ScaleRules;

/**
 * The levels that PyTorch's {@code get_default_qconfig} gives a backend, unless others are asked for.
 *
 * @param activations levels of static layers: up to 127 for kernels that add two products in 16 bits before they widen
 *     the sum, else up to 255
 * @param perChannel whether weights have a scale per output channel, else one for the tensor
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
