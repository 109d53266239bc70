package org.quantvoice.server.http;

import java.io.IOException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Answers requests of one path and method, on a thread that may block. */
public interface Endpoint {

    /**
     * Writes the whole answer.
     *
     * @throws HttpFailure if the request gets an error document
     * @throws IOException if the client is gone
     */
    void answer(Request request, Response response) throws IOException, InterruptedException;
}
