package org.quantvoice.internal.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.Tuning;

/**
 * A request for an engine to open a model.
 *
 * @param model the file
 * @param recipe what to quantize; empty to run the file without quantization
 * @param calibration audio at the model's rate; may be empty if the recipe needs none
 * @param backend the quantized backend; empty for the engine's choice for this CPU
 * @param threads threads of one run, at least 1
 * @param progress listener to long steps
 * @param tokens the token list (tokens.json) as text, stored in files that have room for it
 * @param tuning a budget for the recipe's layers, with the calibration audio as the user's recordings
 * @param verify whether an imported model's results are compared with those of its own runtime once
 * @param keepPacked whether weights packed for this CPU are kept in a file beside the {@code .qv} file, for a quick
 *     start
 * @param localAttention the frames that self-attention sees instead of the model's setting, {@code
 *     BEFORE,AFTER,GLOBAL} as {@code QuantSessionBuilder.localAttention} describes it
 */
public record ModelRequest(
        Path model,
        Optional<QuantRecipe> recipe,
        List<Audio> calibration,
        Optional<Backend> backend,
        int threads,
        Progress progress,
        Optional<String> tokens,
        Optional<Tuning> tuning,
        boolean verify,
        boolean keepPacked,
        Optional<String> localAttention)
        implements EngineRequest {

    public ModelRequest {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(recipe, "recipe");
        calibration = List.copyOf(calibration);
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(tuning, "tuning");
        Objects.requireNonNull(localAttention, "localAttention");
        if (threads < 1) {
            throw new IllegalArgumentException("got " + threads + " threads; expected at least 1");
        }
    }

    /** Returns a request for a model without quantization. */
    static ModelRequest asItIs(EngineRequest request) {
        return new ModelRequest(
                request.model(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                request.threads(),
                request.progress(),
                request.tokens(),
                Optional.empty(),
                true,
                false,
                Optional.empty());
    }

    /**
     * Returns the names of the session's options that ask for more than running the model unchanged; empty if there
     * are none. Threads, progress and tokens are for every engine.
     */
    public Optional<String> extras() {
        List<String> asked = new ArrayList<>();
        recipe.ifPresent(r -> asked.add("quantize"));
        backend.ifPresent(b -> asked.add("backend " + b));
        localAttention.ifPresent(a -> asked.add("localAttention"));
        if (keepPacked) {
            asked.add("keepPacked");
        }
        return asked.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", asked));
    }

    /** Makes a request of a model as files have it: verified, without token list, budget and the options of sessions. */
    public ModelRequest(
            Path model,
            Optional<QuantRecipe> recipe,
            List<Audio> calibration,
            Optional<Backend> backend,
            int threads,
            Progress progress) {
        this(
                model,
                recipe,
                calibration,
                backend,
                threads,
                progress,
                Optional.empty(),
                Optional.empty(),
                true,
                false,
                Optional.empty());
    }
}
