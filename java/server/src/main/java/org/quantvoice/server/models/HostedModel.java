package org.quantvoice.server.models;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;

/** A model that a server offers under a name. Immutable. */
public final class HostedModel {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*");

    private final String name;
    private final @Nullable QuantSession given;
    private final @Nullable Supplier<QuantSession> loader;
    private final @Nullable String language;
    private final LiveStreams streams;

    private HostedModel(
            String name,
            @Nullable QuantSession given,
            @Nullable Supplier<QuantSession> loader,
            @Nullable String language,
            LiveStreams streams) {
        this.name = name;
        this.given = given;
        this.loader = loader;
        this.language = language;
        this.streams = streams;
    }

    /**
     * Makes a model of a session of the application. The session must stay open as long as the server runs, and the
     * application has to close it.
     *
     * @param name the name in requests: letters, digits and {@code ._:/-}, at most 128
     */
    public static HostedModel of(String name, QuantSession session) {
        return new HostedModel(
                checked(name), Objects.requireNonNull(session, "session"), null, null, LiveStreams.usual());
    }

    /**
     * Makes a model whose sessions the server loads when it starts and whenever it is asked to load models again, and
     * closes itself.
     *
     * @param loader makes a new session each time
     */
    public static HostedModel loadedBy(String name, Supplier<QuantSession> loader) {
        return new HostedModel(
                checked(name), null, Objects.requireNonNull(loader, "loader"), null, LiveStreams.usual());
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("got the model name '" + name
                    + "'; expected 1 to 128 letters, digits and ._:/- that begin with a letter or a digit");
        }
        return name;
    }

    /**
     * Sets the language that the model was trained for, as ISO 639-1 writes it, e.g. {@code en}. Requests for another
     * one are then refused; without it the language of a request is only repeated in the answer.
     */
    public HostedModel language(String code) {
        if (!LANGUAGE.matcher(code).matches()) {
            throw new IllegalArgumentException("got the language '" + code + "'; expected a code such as en or pt-BR");
        }
        return new HostedModel(name, given, loader, code, streams);
    }

    /** Sets how live streams are opened. Default: {@link LiveStreams#usual()}. */
    public HostedModel streams(LiveStreams opened) {
        return new HostedModel(name, given, loader, language, Objects.requireNonNull(opened, "streams"));
    }

    public String name() {
        return name;
    }

    public Optional<String> language() {
        return Optional.ofNullable(language);
    }

    LiveStreams streams() {
        return streams;
    }

    /** Returns whether the server loads and closes the sessions. */
    boolean isLoaded() {
        return loader != null;
    }

    QuantSession open() {
        if (loader != null) {
            return loader.get();
        }
        return Objects.requireNonNull(given);
    }
}
