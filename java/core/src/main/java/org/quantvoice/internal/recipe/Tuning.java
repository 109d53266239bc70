package org.quantvoice.internal.recipe;

import java.util.Objects;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;

/**
 * Bits for each layer so that the model fits a budget (myQASR: Fish, Michieli, Ozay, 2023).
 *
 * @param budget bytes for the file and, apart from it, for the weights in memory; or bits a weight on average
 * @param sensitivity which layers keep more bits
 * @param objective how scales are then chosen
 * @param scheme of weights of 8 bits and less
 */
public record Tuning(Budget budget, Sensitivity sensitivity, ScaleObjective objective, WeightScheme scheme) {

    public Tuning {
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(sensitivity, "sensitivity");
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(scheme, "scheme");
    }
}
