package org.quantvoice.server.http;

import java.io.IOException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that Jetty refuses before they reach the {@link Router}, such as one with a malformed path, in the
 * form of OpenAI's API. Otherwise a client would get Jetty's HTML page, which no client of that API can read.
 */
public final class ErrorDocuments extends ErrorHandler {

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback)
            throws IOException {
        String reason = message == null ? HttpStatus.getMessage(status) : message;
        HttpFailure failure = status < 500
                ? HttpFailure.refused(status, "bad_request", "Got a request that cannot be read: " + reason + ".")
                : HttpFailure.server(
                        status, "internal_error", "The server failed: " + reason + "; its log says more.", cause);
        Replies.failure(response, failure);
        callback.succeeded();
    }
}
