package org.quantvoice.internal.recipe;

import java.util.Objects;
import java.util.Optional;
import org.quantvoice.quant.ScaleObjective;

/**
 * What is asked of scales and zero points beyond an engine's own choice. The rules of activations hold for static layers:
 * dynamic ones find their range at each run, as their kernels do it. Immutable.
 *
 * @param preset activations of static layers, and weights of 8 bits, as PyTorch's {@code get_default_qconfig} has them
 * @param symmetric whether the middle level of activations stands for 0
 * @param reduceRange whether activations keep to 7 bits, for CPUs that add pairs of products in 16 bits (no VNNI)
 * @param objective by which scales of weights, and ranges of static layers' inputs, are searched; native engine only
 */
public record ScaleRules(
        Optional<QuantPreset> preset, boolean symmetric, boolean reduceRange, Optional<ScaleObjective> objective) {
    /** The engine chooses all scales itself. */
    public static final ScaleRules ENGINE = new ScaleRules(Optional.empty(), false, false, Optional.empty());

    private static final int REDUCED = RangeScheme.QUINT8_REDUCED.high();

    public ScaleRules {
        Objects.requireNonNull(preset, "preset");
        Objects.requireNonNull(objective, "objective");
    }

    /** Whether anything is said of activations. */
    public boolean choosesActivations() {
        return preset.isPresent() || symmetric || reduceRange;
    }

    /**
     * The levels of static layers' activations.
     *
     * @param own those of the engine
     */
    public RangeScheme activations(RangeScheme own) {
        RangeScheme base = preset.map(QuantPreset::activations).orElse(own);
        return new RangeScheme(base.low(), reduceRange ? REDUCED : base.high(), symmetric || base.symmetric());
    }

    /** The rules of activations in words, such as {@code preset QNNPACK, symmetric, 7 bits}; empty if there are none. */
    public String describeActivations() {
        StringBuilder text =
                new StringBuilder(preset.map(p -> "preset " + p.name()).orElse(""));
        text.append(symmetric ? ", symmetric" : "").append(reduceRange ? ", 7 bits" : "");
        return text.toString().replaceFirst("^, ", "");
    }
}
