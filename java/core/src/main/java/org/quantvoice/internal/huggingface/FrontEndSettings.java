package org.quantvoice.internal.huggingface;

import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.huggingface.folder.Settings;
import org.quantvoice.internal.json.JsonNode;

/**
 * Reads the folder's settings of the conversion of audio to the model's input: {@code preprocessor_config.json} and
 * its successor.
 */
final class FrontEndSettings {
    /** Number added to the variance of an utterance before the division by its root. */
    static final double VARIANCE_FLOOR = 1e-7;

    private static final String OLD = "preprocessor_config.json";
    private static final String NEW = "processor_config.json";
    private static final String PART = "feature_extractor";
    private static final String TYPE = "feature_extractor_type";

    private FrontEndSettings() {}

    static boolean has(ModelFolder folder) {
        return folder.has(OLD)
                || folder.find(NEW)
                        .filter(p -> p.isObject() && p.find(PART).isPresent())
                        .isPresent();
    }

    static Settings of(ModelFolder folder) {
        if (folder.has(OLD)) {
            return new Settings(folder.file(OLD).toString(), folder.json(OLD));
        }
        JsonNode processor = folder.find(NEW)
                .flatMap(p -> p.isObject() ? p.find(PART) : Optional.empty())
                .orElseThrow(() -> new ModelFormatException(
                        folder.path() + " without " + OLD,
                        "the settings of its feature extractor, without which the model's input is not known",
                        "download " + OLD + "; of a model that takes samples as they are, write one with"
                                + " {\"do_normalize\": false}, or name it (qv import --frontend)"));
        return new Settings(folder.file(NEW) + ", " + PART, processor);
    }

    /**
     * Refuses settings of an extractor that the family does not use.
     *
     * @param known the family's extractors; the first is the default
     * @return the extractor that the file names
     */
    static String require(Settings settings, String... known) {
        String type = settings.choice(TYPE, known[0], known);
        settings.ignore(Set.of("processor_class", "padding_side", "padding_value", "return_attention_mask"));
        return type;
    }
}
