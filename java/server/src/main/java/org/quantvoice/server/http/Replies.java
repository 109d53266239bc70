package org.quantvoice.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.json.JsonWriter;

/** Writes whole answers and waits until they are sent. */
public final class Replies {
    public static final String JSON = "application/json";
    public static final String TEXT = "text/plain; charset=utf-8";

    private Replies() {}

    public static void json(Response response, int status, Object document) throws IOException {
        send(response, status, JSON, JsonWriter.compact(document));
    }

    public static void send(Response response, int status, String type, String body) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        Content.Sink.write(response, true, ByteBuffer.wrap(bytes));
    }

    public static void failure(Response response, HttpFailure failure) throws IOException {
        failure.retryAfterSeconds()
                .ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, String.valueOf(seconds)));
        if (failure.status() == 401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        json(response, failure.status(), document(failure));
    }

    /** Returns the error document of OpenAI's API: {@code {"error": {message, type, param, code}}}. */
    public static Map<String, Object> document(HttpFailure failure) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", failure.getMessage());
        error.put("type", failure.type());
        error.put("param", failure.parameter().orElse(null));
        error.put("code", failure.code().orElse(null));
        return Map.of("error", error);
    }
}
