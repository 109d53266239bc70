package org.quantvoice.server.http;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.QuantVoiceException;

/** A request that gets an error document in the form of OpenAI's API. */
public final class HttpFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String parameter;
    private final long retryAfterSeconds;

    private HttpFailure(
            int status,
            String type,
            @Nullable String code,
            @Nullable String parameter,
            String message,
            long retryAfterSeconds,
            @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.type = type;
        this.code = code;
        this.parameter = parameter;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** Returns a failure that one of the client's parameters causes. */
    public static HttpFailure invalid(@Nullable String parameter, String message) {
        return new HttpFailure(400, INVALID, null, parameter, message, -1, null);
    }

    /** Returns a failure that the client causes, with a given status. */
    public static HttpFailure refused(int status, String code, String message) {
        return new HttpFailure(status, INVALID, code, null, message, -1, null);
    }

    public static HttpFailure unauthorized(String message) {
        return refused(401, "invalid_api_key", message);
    }

    public static HttpFailure noModel(String name) {
        return new HttpFailure(
                404,
                INVALID,
                "model_not_found",
                "model",
                "The model '" + name + "' is not served here; GET /v1/models lists those that are.",
                -1,
                null);
    }

    /** Returns the failure of a request that exceeds a limit of load. */
    public static HttpFailure overloaded(String code, String message, long retryAfterSeconds) {
        return new HttpFailure(429, "rate_limit_error", code, null, message, retryAfterSeconds, null);
    }

    /** Returns the failure of a request that comes while the server stops. */
    public static HttpFailure stopping(long retryAfterSeconds) {
        return new HttpFailure(
                503,
                "server_error",
                "shutting_down",
                null,
                "The server stops; ask another one.",
                retryAfterSeconds,
                null);
    }

    /** Returns a failure that the server causes and the client cannot avoid. */
    public static HttpFailure server(int status, String code, String message, @Nullable Throwable cause) {
        return new HttpFailure(status, "server_error", code, null, message, -1, cause);
    }

    /**
     * Returns the failure for an exception of the library. Refused audio or phrases are the client's fault, other
     * errors the server's.
     */
    public static HttpFailure of(QuantVoiceException e) {
        return of(e, UnaryOperator.identity());
    }

    /**
     * Returns the failure for an exception of the library.
     *
     * @param hidden removes from a message what the client must not see
     */
    public static HttpFailure of(QuantVoiceException e, UnaryOperator<String> hidden) {
        String message = hidden.apply("Got " + e.got() + "; expected " + e.expected() + "; " + e.cure() + ".");
        if (e instanceof AudioFormatException) {
            return new HttpFailure(400, INVALID, "invalid_audio", "file", message, -1, e);
        }
        if (e instanceof DecoderException) {
            return new HttpFailure(400, INVALID, "invalid_prompt", "prompt", message, -1, e);
        }
        return new HttpFailure(500, "server_error", "recognition_failed", null, message, -1, e);
    }

    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    public Optional<String> parameter() {
        return Optional.ofNullable(parameter);
    }

    /** Returns the seconds after which another try may succeed. */
    public OptionalLong retryAfterSeconds() {
        return retryAfterSeconds < 0 ? OptionalLong.empty() : OptionalLong.of(retryAfterSeconds);
    }
}
