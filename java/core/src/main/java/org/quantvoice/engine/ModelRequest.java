package org.quantvoice.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.quantvoice.audio.Audio;
import org.quantvoice.quant.QuantRecipe;

/**
 * What is asked of an engine.
 *
 * @param model the file
 * @param recipe what to quantize; empty: run the file as it is
 * @param calibration audio at the model's rate; may be empty if the recipe needs none
 * @param backend the quantized backend; empty: the engine's choice for this CPU
 * @param threads threads of one run, at least 1
 * @param progress told of long steps
 * @param tokens the token list (tokens.json) as text, kept in files that have room for it
 */
public record ModelRequest(
        Path model,
        Optional<QuantRecipe> recipe,
        List<Audio> calibration,
        Optional<Backend> backend,
        int threads,
        Progress progress,
        Optional<String> tokens) {

    public ModelRequest {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(recipe, "recipe");
        calibration = List.copyOf(calibration);
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(tokens, "tokens");
        if (threads < 1) {
            throw new IllegalArgumentException("got " + threads + " threads; expected at least 1");
        }
    }

    /** A request without a token list. */
    public ModelRequest(
            Path model,
            Optional<QuantRecipe> recipe,
            List<Audio> calibration,
            Optional<Backend> backend,
            int threads,
            Progress progress) {
        this(model, recipe, calibration, backend, threads, progress, Optional.empty());
    }
}
