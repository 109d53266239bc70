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
 * Which modules become int8, and how their ranges are found. A name is a dotted path; it stands for itself and for all
 * that can be quantized below it. Modules that no name covers stay float.
 *
 * @param staticModules ranges of activations from calibration audio, fixed at run time
 * @param dynamicModules ranges of activations found at each run
 * @param observer how ranges are found from the calibration audio
 * @param guard keep a layer float when calibration shows that rounding destroys its output
 * @param weights formats of the weights of these modules, by name; where several names cover a module the longest counts.
 *     8 bits, linear, where none does
 * @param ranges of the inputs of static layers that are known beforehand; these layers need no calibration audio
 * @param rules what is asked of scales and zero points
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

    /** A recipe that leaves scales to the engine. */
    public QuantRecipe(
            List<String> staticModules,
            List<String> dynamicModules,
            ActivationObserver observer,
            boolean guard,
            Map<String, WeightFormat> weights,
            ActivationRanges ranges) {
        this(staticModules, dynamicModules, observer, guard, weights, ranges, ScaleRules.ENGINE);
    }

    /** A recipe without known ranges. */
    public QuantRecipe(
            List<String> staticModules,
            List<String> dynamicModules,
            ActivationObserver observer,
            boolean guard,
            Map<String, WeightFormat> weights) {
        this(staticModules, dynamicModules, observer, guard, weights, ActivationRanges.NONE);
    }

    /** A recipe with weights of 8 bits. */
    public QuantRecipe(
            List<String> staticModules, List<String> dynamicModules, ActivationObserver observer, boolean guard) {
        this(staticModules, dynamicModules, observer, guard, Map.of());
    }

    /** The same with another format for the weights of a module and all below it. */
    public QuantRecipe withWeights(String module, WeightFormat format) {
        Map<String, WeightFormat> more = new LinkedHashMap<>(weights);
        more.put(module, format);
        return new QuantRecipe(staticModules, dynamicModules, observer, guard, more, ranges, rules);
    }

    /** The same with ranges from an earlier calibration. */
    public QuantRecipe withRanges(ActivationRanges known) {
        return new QuantRecipe(staticModules, dynamicModules, observer, guard, weights, known, rules);
    }

    /** The same for other modules. */
    public QuantRecipe withModules(List<String> fixed, List<String> dynamic) {
        return new QuantRecipe(fixed, dynamic, observer, guard, weights, ranges, rules);
    }

    /** The same with other rules for scales. */
    public QuantRecipe withRules(ScaleRules wanted) {
        return new QuantRecipe(staticModules, dynamicModules, observer, guard, weights, ranges, wanted);
    }

    /** The format of a module's weights. */
    public WeightFormat weightsOf(String path) {
        return askedWeightsOf(path).orElse(WeightFormat.INT8);
    }

    /** The format of a module's weights, if a name covers it. */
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
