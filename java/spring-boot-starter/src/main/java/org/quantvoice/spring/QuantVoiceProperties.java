package org.quantvoice.spring;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code quantvoice.*}.
 *
 * @param model a model file, or the name of an embedded model
 * @param vocabulary the model's token list; null for the one in the file or beside it
 * @param threads of one run; null for the number of physical cores
 * @param int8 whether a float model is quantized to int8 when it is loaded
 * @param hotwords words and phrases to prefer
 * @param fallback whether libtorch may run models that the native engine does not know
 */
@ConfigurationProperties("quantvoice")
public record QuantVoiceProperties(
        @DefaultValue("digits") String model,
        @Nullable Path vocabulary,
        @Nullable Integer threads,
        boolean int8,
        @DefaultValue List<String> hotwords,
        @DefaultValue("true") boolean fallback) {}
