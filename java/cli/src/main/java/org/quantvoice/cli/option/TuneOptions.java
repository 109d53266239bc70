package org.quantvoice.cli.option;

import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;
import picocli.CommandLine.Option;

/** The options that say how a budget is spent. */
public final class TuneOptions {
    @Option(
            names = "--sensitivity",
            paramLabel = "S",
            defaultValue = "MEDIAN",
            order = 3,
            description = "Which layers keep more bits: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Sensitivity sensitivity = Sensitivity.MEDIAN;

    @Option(
            names = "--calibration",
            paramLabel = "C",
            defaultValue = "MSE",
            order = 4,
            description = "How scales are chosen: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private ScaleObjective objective = ScaleObjective.MSE;

    @Option(
            names = "--scheme",
            paramLabel = "W",
            defaultValue = "LINEAR",
            order = 5,
            description = "Values of weights of 8 bits and less: LINEAR or LOG2 (default: ${DEFAULT-VALUE}).")
    private WeightScheme scheme = WeightScheme.LINEAR;

    /** Applies these options to a quantization to a budget. */
    public Quantization.BudgetBuilder spend(Quantization.BudgetBuilder builder, AudioCorpus recordings) {
        return builder.tuneOn(recordings)
                .sensitivity(sensitivity)
                .objective(objective)
                .weightScheme(scheme);
    }

    /** Returns whether scales move from inputs into weights, so that ranges hold for the new weights only. */
    public boolean movesScales() {
        return objective == ScaleObjective.SMOOTH;
    }

    public Sensitivity sensitivity() {
        return sensitivity;
    }
}
