package org.quantvoice.internal.recipe;

import java.util.Objects;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;

/**
 * The options with which the bits of each layer are chosen so that the model fits a budget (myQASR: Fish, Michieli,
 * Ozay, 2023).
 *
 * @param budget bytes for the file and, separately, for the weights in memory; or average bits of a weight
 * @param sensitivity measure that says which layers keep more bits
 * @param objective by which scales are chosen for these bits
 * @param scheme of weights of 8 bits and fewer
 */
public record Tuning(Budget budget, Sensitivity sensitivity, ScaleObjective objective, WeightScheme scheme) {

    public Tuning {
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(sensitivity, "sensitivity");
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(scheme, "scheme");
    }
}
