package org.quantvoice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A quantization in the form that engines take.
 *
 * @param audio at the model's rate
 */
record QuantizationRequest(QuantRecipe recipe, List<Audio> audio) {
    private static final Logger LOG = LoggerFactory.getLogger(QuantSession.class);

    /**
     * Makes the request for a model. the engine, if one was chosen
     *
     * @throws org.quantvoice.error.QuantVoiceException if a part of the quantization has no effect on this model, or
     *     the audio cannot be read
     */
    static QuantizationRequest of(
            Quantization asked, ModelSource source, Engines available, Optional<Engine> wanted, Progress progress) {
        QuantRecipe recipe = recipe(asked, source, available, wanted).withRules(asked.rules());
        boolean fixed = recipe.needsCalibration();
        if (!fixed) {
            asked.requireNothingOfStaticModules();
        }
        if (!fixed && asked.calibration().isPresent() && wanted.equals(Optional.of(Engine.LIBTORCH))) {
            throw new QuantizationException(
                    "calibration audio and no static module",
                    "static modules on LIBTORCH: dynamic ones find their range at each run",
                    "name modules with staticInt8 (--static), or leave the audio out");
        }
        return new QuantizationRequest(
                recipe, asked.calibration().map(c -> read(c, source, progress)).orElse(List.of()));
    }

    private static QuantRecipe recipe(
            Quantization asked, ModelSource source, Engines available, Optional<Engine> wanted) {
        QuantRecipe names = new QuantRecipe(
                asked.staticModules(),
                asked.dynamicModules(),
                asked.observer(),
                asked.guard(),
                asked.weights(),
                asked.ranges());
        if (asked.namesModules()) {
            return names;
        }
        var modules = available.modules(source.opened(), wanted);
        QuantRecipe advice =
                RecipeAdvice.of(modules, asked.knowsRanges(), asked.observer(), asked.guard(), asked.movesScales());
        return names.withModules(advice.staticModules(), advice.dynamicModules());
    }

    private static List<Audio> read(AudioCorpus corpus, ModelSource source, Progress progress) {
        int rate = source.requireCard().sampleRate();
        List<Audio> audio = new ArrayList<>(corpus.items().size());
        for (AudioCorpus.Item item : corpus.items()) {
            progress.report(
                    "reading calibration audio", audio.size(), corpus.items().size());
            audio.add(Resampler.resample(AudioFiles.read(item.file()), rate));
        }
        LOG.info("calibrating on {} recordings", audio.size());
        return audio;
    }
}
