package org.quantvoice.server.openai;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.quantvoice.server.http.HttpFailure;

/** The forms of an answer. */
enum ResponseFormat {
    JSON,
    TEXT,
    SRT,
    VTT,
    VERBOSE_JSON;

    static ResponseFormat of(String name) {
        return Arrays.stream(values())
                .filter(f -> f.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> HttpFailure.invalid(
                        "response_format",
                        "Got the response_format '" + name + "'; expected "
                                + Arrays.stream(values()).map(Object::toString).collect(Collectors.joining(", "))
                                + "."));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
