package org.quantvoice;

import java.util.List;
import java.util.function.Predicate;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;

/**
 * Makes the recipe of a model if none of its modules is named: a layer becomes dynamic int8 if it supports that,
 * because it needs no audio and adapts to each utterance; a layer that can only be static (a convolution) becomes
 * static int8 if there is audio.
 */
final class RecipeAdvice {
    private static final String STATIC = "static";
    private static final String DYNAMIC = "dynamic";
    private static final String CONVOLUTION = "Conv";
    /**
     * Type of modules that are not quantized by default: embeddings are looked up, not multiplied, so nothing would
     * get faster, and the native engine keeps them float.
     */
    private static final String TABLE = "Embedding";

    private RecipeAdvice() {}

    static QuantRecipe of(
            List<ModuleInfo> modules, boolean audio, ActivationObserver observer, boolean guard, boolean allStatic) {
        List<ModuleInfo> layers = modules.stream()
                .filter(m -> isLayer(m, modules) && !m.type().startsWith(TABLE))
                .toList();
        List<String> dynamic = paths(
                layers,
                m -> !betterStatic(m, audio, allStatic) && m.quantizable().contains(DYNAMIC));
        List<String> onlyStatic = paths(
                layers,
                m -> betterStatic(m, audio, allStatic) && m.quantizable().contains(STATIC));
        if (dynamic.isEmpty() && onlyStatic.isEmpty()) {
            throw new UnsupportedOperatorException(
                    "a model of " + modules.size() + " modules, none of which can be quantized",
                    "at least one Linear or Conv1d",
                    "look at the modules with qv inspect; a model that is quantized already stays as it is");
        }
        if (dynamic.isEmpty() && !audio) {
            throw new QuantizationException(
                    "no calibration audio for a model that has only convolutions to quantize",
                    "some seconds of typical speech",
                    "name a corpus with calibrateOn, or --calibrate on the command line");
        }
        return new QuantRecipe(audio ? onlyStatic : List.of(), dynamic, observer, guard);
    }

    /**
     * Returns whether a module is itself quantized, not only modules inside it; recurrent modules have several
     * weights, so the shape of a weight does not show it.
     */
    private static boolean isLayer(ModuleInfo module, List<ModuleInfo> all) {
        String below = module.path().isEmpty() ? "" : module.path() + ".";
        return !module.quantizable().isEmpty()
                && all.stream()
                        .noneMatch(other -> !other.path().equals(module.path())
                                && other.path().startsWith(below)
                                && !other.quantizable().isEmpty());
    }

    /**
     * Returns whether a layer should be static. Windows of convolutions overlap, so a range for each window costs
     * more than a range for each row. Scales are moved only for static layers, so with that option every layer that
     * can be static becomes static.
     */
    private static boolean betterStatic(ModuleInfo module, boolean audio, boolean allStatic) {
        boolean wanted = module.type().startsWith(CONVOLUTION)
                || (allStatic && module.quantizable().contains(STATIC));
        return !module.quantizable().contains(DYNAMIC) || (audio && wanted);
    }

    private static List<String> paths(List<ModuleInfo> layers, Predicate<ModuleInfo> wanted) {
        return layers.stream().filter(wanted).map(ModuleInfo::path).toList();
    }
}
