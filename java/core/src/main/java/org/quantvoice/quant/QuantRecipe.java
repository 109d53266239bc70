package org.quantvoice.quant;

import java.util.List;
import java.util.Objects;

/**
 * Which modules become int8, and how their ranges are found. A name is a dotted path; it stands for itself and for all
 * that can be quantized below it. Modules that no name covers stay float.
 *
 * @param staticModules ranges of activations from calibration audio, fixed at run time
 * @param dynamicModules ranges of activations found at each run
 * @param observer how ranges are found from the calibration audio
 * @param guard keep a layer float when calibration shows that rounding it destroys its output
 */
public record QuantRecipe(
        List<String> staticModules, List<String> dynamicModules, ActivationObserver observer, boolean guard) {

    public QuantRecipe {
        staticModules = List.copyOf(staticModules);
        dynamicModules = List.copyOf(dynamicModules);
        Objects.requireNonNull(observer, "observer");
    }

    public boolean needsCalibration() {
        return !staticModules.isEmpty();
    }
}
