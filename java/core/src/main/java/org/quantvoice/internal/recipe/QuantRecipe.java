package org.quantvoice.internal.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.WeightFormat;

/**
 * Says which modules become int8, and how their ranges are found. A name is a dotted path; it covers the module
 * itself and all layers below it that can be quantized. Modules that no name covers stay float.
 *
 * @param staticModules modules whose ranges of activations come from calibration audio and are fixed at run time
 * @param dynamicModules modules whose ranges of activations are found at each run
 * @param observer finds ranges from the calibration audio
 * @param guard whether a layer stays float when calibration shows that quantization destroys its output
 * @param weights formats of the weights of these modules, by name; if several names cover a module, the longest
 *     counts; if none does, weights have 8 bits, linear
 * @param ranges known ranges of inputs of static layers, which need no calibration audio then
 * @param rules rules for scales and zero points
 */
public record QuantRecipe(
        List<String> staticModules,
        List<String> dynamicModules,
        ActivationObserver observer,
        boolean guard,
        Map<String, WeightFormat> weights,
        ActivationRanges ranges,
        ScaleRules rules) {

    public QuantRecipe {
        staticModules = List.copyOf(staticModules);
        dynamicModules = List.copyOf(dynamicModules);
        Objects.requireNonNull(observer, "observer");
        weights = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        Objects.requireNonNull(ranges, "ranges");
        Objects.requireNonNull(rules, "rules");
    }

    /** Makes a recipe that leaves scales to the engine. */
    public QuantRecipe(
            List<String> staticModules,
            List<String> dynamicModules,
            ActivationObserver observer,
            boolean guard,
            Map<String, WeightFormat> weights,
            ActivationRanges ranges) {
        this(staticModules, dynamicModules, observer, guard, weights, ranges, ScaleRules.ENGINE);
    }

    /** Makes a recipe without known ranges. */
    public QuantRecipe(
            List<String> staticModules,
            List<String> dynamicModules,
            ActivationObserver observer,
            boolean guard,
            Map<String, WeightFormat> weights) {
        this(staticModules, dynamicModules, observer, guard, weights, ActivationRanges.NONE);
    }

    /** Makes a recipe with weights of 8 bits. */
    public QuantRecipe(
            List<String> staticModules, List<String> dynamicModules, ActivationObserver observer, boolean guard) {
        this(staticModules, dynamicModules, observer, guard, Map.of());
    }

    /** Returns this recipe with another format for the weights of a module and of all modules below it. */
    public QuantRecipe withWeights(String module, WeightFormat format) {
        Map<String, WeightFormat> more = new LinkedHashMap<>(weights);
        more.put(module, format);
        return new QuantRecipe(staticModules, dynamicModules, observer, guard, more, ranges, rules);
    }

    /** Returns this recipe with ranges from an earlier calibration. */
    public QuantRecipe withRanges(ActivationRanges known) {
        return new QuantRecipe(staticModules, dynamicModules, observer, guard, weights, known, rules);
    }

    /** Returns this recipe for other modules. */
    public QuantRecipe withModules(List<String> fixed, List<String> dynamic) {
        return new QuantRecipe(fixed, dynamic, observer, guard, weights, ranges, rules);
    }

    /** Returns this recipe with other rules for scales. */
    public QuantRecipe withRules(ScaleRules wanted) {
        return new QuantRecipe(staticModules, dynamicModules, observer, guard, weights, ranges, wanted);
    }

    /** Returns the format of a module's weights; 8 bits if no name covers it. */
    public WeightFormat weightsOf(String path) {
        return askedWeightsOf(path).orElse(WeightFormat.INT8);
    }

    /** Returns the format of a module's weights, if a name covers it. */
    public Optional<WeightFormat> askedWeightsOf(String path) {
        String best = null;
        for (String name : weights.keySet()) {
            boolean covers = name.isEmpty() || path.equals(name) || path.startsWith(name + ".");
            if (covers && (best == null || name.length() > best.length())) {
                best = name;
            }
        }
        return Optional.ofNullable(best).map(weights::get);
    }

    public boolean needsCalibration() {
        return !staticModules.isEmpty();
    }
}
