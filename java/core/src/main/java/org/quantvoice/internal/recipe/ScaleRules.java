package org.quantvoice.internal.recipe;

import java.util.Objects;
import java.util.Optional;
import org.quantvoice.quant.ScaleObjective;

/**
 * Rules for scales and zero points that replace an engine's own choice. The rules for activations hold for static
 * layers, because the kernels of dynamic layers find a range at each run. Immutable.
 *
 * @param preset levels of static layers' activations and of 8-bit weights as in PyTorch's {@code get_default_qconfig}
 * @param symmetric whether the middle level of activations stands for 0
 * @param reduceRange whether activations have 7 bits, for CPUs that add pairs of products in 16 bits (no VNNI)
 * @param objective objective of the search for scales of weights and for ranges of static layers' inputs; native
 *     engine only
 */
public record ScaleRules(
        Optional<QuantPreset> preset, boolean symmetric, boolean reduceRange, Optional<ScaleObjective> objective) {
    /** Rules with which the engine chooses all scales itself. */
    public static final ScaleRules ENGINE = new ScaleRules(Optional.empty(), false, false, Optional.empty());

    private static final int REDUCED = RangeScheme.QUINT8_REDUCED.high();

    public ScaleRules {
        Objects.requireNonNull(preset, "preset");
        Objects.requireNonNull(objective, "objective");
    }

    /** Returns whether there is a rule for activations. */
    public boolean choosesActivations() {
        return preset.isPresent() || symmetric || reduceRange;
    }

    /**
     * Returns the levels of static layers' activations.
     *
     * @param own the engine's own levels
     */
    public RangeScheme activations(RangeScheme own) {
        RangeScheme base = preset.map(QuantPreset::activations).orElse(own);
        return new RangeScheme(base.low(), reduceRange ? REDUCED : base.high(), symmetric || base.symmetric());
    }

    /**
     * Returns the rules for activations in words, such as {@code preset QNNPACK, symmetric, 7 bits}; empty if there
     * are none.
     */
    public String describeActivations() {
        StringBuilder text =
                new StringBuilder(preset.map(p -> "preset " + p.name()).orElse(""));
        text.append(symmetric ? ", symmetric" : "").append(reduceRange ? ", 7 bits" : "");
        return text.toString().replaceFirst("^, ", "");
    }
}
