package org.quantvoice.cli.option;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Backend;
import org.quantvoice.quant.ScaleObjective;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which layers are quantized, and how. */
public final class QuantOptions {
    private static final int USUAL_LIMIT = 100;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private LayerOptions layers = new LayerOptions();

    @Option(
            names = "--calibrate",
            paramLabel = "TSV",
            order = 22,
            description = "Corpus of typical speech, for static modules and --calibration.")
    private @Nullable Path calibration;

    @Option(
            names = "--calibrate-limit",
            paramLabel = "N",
            converter = RunOptions.Positive.class,
            order = 23,
            description = "Use the first N recordings of it (default: 100).")
    private @Nullable Integer calibrationLimit;

    @Option(
            names = "--calibration",
            paramLabel = "C",
            order = 23,
            description = {
                "Search scales of weights and ranges of static layers by what rounding does to the layers'",
                "outputs: ${COMPLETION-CANDIDATES}. SMOOTH moves scales of channels into the weights",
                "first; without names all layers are then static that can be. Native engine."
            })
    private @Nullable ScaleObjective objective;

    @Option(
            names = "--preset",
            paramLabel = "P",
            order = 24,
            description = {
                "Observer, activations and 8-bit weights as PyTorch's get_default_qconfig has them:",
                "${COMPLETION-CANDIDATES}."
            })
    private @Nullable Backend preset;

    @Option(
            names = "--no-guard",
            order = 25,
            description = "Quantize a layer even if calibration shows that this destroys its output.")
    private boolean noGuard;

    public List<String> staticNames() {
        return layers.staticNames();
    }

    public List<String> dynamicNames() {
        return layers.dynamicNames();
    }

    public boolean anyName() {
        return layers.anyName();
    }

    public boolean hasCalibration() {
        return calibration != null;
    }

    public boolean hasRanges() {
        return layers.hasRanges();
    }

    /** Returns whether the user asked for a search of scales. */
    public boolean hasObjective() {
        return objective != null;
    }

    /** Returns whether scales move from inputs into weights, so that ranges hold for the new weights only. */
    public boolean movesScales() {
        return objective == ScaleObjective.SMOOTH;
    }

    /** Returns whether an option other than the audio says how ranges of static layers are found. */
    public boolean choosesRanges() {
        return layers.choosesRanges() || noGuard;
    }

    /** Returns whether any of these options is given. */
    public boolean any() {
        return layers.any()
                || calibration != null
                || calibrationLimit != null
                || objective != null
                || preset != null
                || noGuard;
    }

    /** Quantizes if any of these options is given. */
    public void apply(QuantSessionBuilder builder) {
        if (any()) {
            builder.quantize(recipe().build());
        }
    }

    /** Returns a recipe of these options. */
    public Quantization.RecipeBuilder recipe() {
        if (calibration == null && (calibrationLimit != null || noGuard)) {
            throw new ParameterException(
                    command.commandLine(),
                    "got " + (noGuard ? "--no-guard" : "--calibrate-limit") + "; expected --calibrate with it");
        }
        Quantization.RecipeBuilder recipe = Quantization.recipe().guard(!noGuard);
        layers.apply(recipe);
        if (preset != null) {
            recipe.preset(preset);
        }
        if (objective != null) {
            recipe.objective(objective);
        }
        if (calibration != null) {
            int limit = calibrationLimit == null ? USUAL_LIMIT : calibrationLimit;
            recipe.calibrateOn(AudioCorpus.tsv(calibration).limit(limit));
        }
        return recipe;
    }
}
