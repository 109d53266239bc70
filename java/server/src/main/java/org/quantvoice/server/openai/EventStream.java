package org.quantvoice.server.openai;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.quantvoice.internal.json.JsonWriter;

/** An answer of server-sent events, each of which is sent at once. An object is for one thread. */
final class EventStream {
    private final Response response;

    EventStream(Response response) {
        this.response = response;
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    }

    /** @throws IOException if the client does not take it */
    void send(Map<String, Object> event) throws IOException {
        write(false, "data: " + JsonWriter.compact(event) + "\n\n");
    }

    void end() throws IOException {
        write(true, "data: [DONE]\n\n");
    }

    private void write(boolean last, String text) throws IOException {
        Content.Sink.write(response, last, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
