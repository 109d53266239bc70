package org.quantvoice.server.openai;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.http.Upload;

/**
 * The fields of a transcription request, without its file.
 *
 * @param phrases hotwords from the prompt and the keywords
 * @param words whether times of words are wanted
 * @param segments whether segments are wanted
 * @param temperatureGiven whether a temperature was sent, which has no effect
 */
record TranscriptionForm(
        String model,
        Optional<String> language,
        List<String> phrases,
        ResponseFormat format,
        boolean words,
        boolean segments,
        boolean stream,
        boolean temperatureGiven) {
    private static final String GRANULARITIES = "timestamp_granularities[]";
    private static final String KEYWORDS = "keywords[]";
    private static final Set<String> KNOWN = Set.of(
            "model",
            "language",
            "prompt",
            KEYWORDS,
            "keywords",
            "response_format",
            GRANULARITIES,
            "timestamp_granularities",
            "temperature",
            "stream",
            "chunking_strategy");

    /** @throws HttpFailure at the first field that is wrong */
    static TranscriptionForm of(Upload upload) {
        requireKnown(upload.names());
        ResponseFormat format = ResponseFormat.of(upload.one("response_format").orElse("json"));
        boolean stream = flag(upload, "stream");
        if (stream && format != ResponseFormat.JSON && format != ResponseFormat.TEXT) {
            throw HttpFailure.invalid(
                    "stream", "Got stream with response_format " + format + "; expected json or text with it.");
        }
        Set<String> granularities = granularities(upload, format);
        String chunking = upload.one("chunking_strategy").orElse("auto");
        if (!chunking.equals("auto")) {
            throw HttpFailure.invalid(
                    "chunking_strategy", "Got chunking_strategy '" + chunking + "'; expected auto: pauses are found.");
        }
        return new TranscriptionForm(
                upload.one("model")
                        .filter(m -> !m.isBlank())
                        .orElseThrow(() -> HttpFailure.invalid("model", "Got no model; expected the name of one.")),
                upload.one("language").filter(l -> !l.isBlank()).map(TranscriptionForm::language),
                Phrases.of(upload.one("prompt").orElse(""), keywords(upload)),
                format,
                granularities.contains("word"),
                granularities.contains("segment"),
                stream,
                temperature(upload));
    }

    private static List<String> keywords(Upload upload) {
        return Stream.of(KEYWORDS, "keywords")
                .flatMap(name -> upload.all(name).stream())
                .toList();
    }

    private static void requireKnown(Set<String> names) {
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            String first = unknown.iterator().next();
            throw HttpFailure.invalid(
                    first,
                    first.equals("file")
                            ? "Got 'file' without a file name; expected a file."
                            : "Got the unknown field '" + first + "'; expected file and " + new TreeSet<>(KNOWN) + ".");
        }
    }

    private static Set<String> granularities(Upload upload, ResponseFormat format) {
        Set<String> asked = new LinkedHashSet<>(upload.all(GRANULARITIES));
        asked.addAll(upload.all("timestamp_granularities"));
        for (String one : asked) {
            if (!one.equals("word") && !one.equals("segment")) {
                throw HttpFailure.invalid(
                        GRANULARITIES, "Got the granularity '" + one + "'; expected word or segment.");
            }
        }
        if (!asked.isEmpty() && format != ResponseFormat.VERBOSE_JSON) {
            throw HttpFailure.invalid(
                    GRANULARITIES,
                    "Got timestamp_granularities with response_format " + format
                            + "; expected verbose_json with them.");
        }
        return asked.isEmpty() ? Set.of("segment") : asked;
    }

    private static boolean flag(Upload upload, String name) {
        String value = upload.one(name).orElse("false").toLowerCase(java.util.Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            throw HttpFailure.invalid(name, "Got " + name + " '" + value + "'; expected true or false.");
        }
        return value.equals("true");
    }

    private static String language(String code) {
        if (!code.matches("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")) {
            throw HttpFailure.invalid(
                    "language", "Got the language '" + code + "'; expected a code of ISO 639-1 such as en.");
        }
        return code;
    }

    /**
     * Checks the temperature, which has no effect: a beam search is not random. It is accepted because clients send it.
     */
    private static boolean temperature(Upload upload) {
        Optional<String> given = upload.one("temperature");
        given.ifPresent(text -> {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                value = Double.NaN;
            }
            if (!(value >= 0 && value <= 1)) {
                throw HttpFailure.invalid("temperature", "Got the temperature '" + text + "'; expected 0 to 1.");
            }
        });
        return given.isPresent();
    }
}
