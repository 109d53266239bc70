package org.quantvoice.server.openai;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Transcript;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.http.Replies;

/**
 * Sends a recording's words as events while it is transcribed: a delta for each segment. The answer begins with the
 * first of them, so that a request that is refused before it gets a status of its own; a later failure is an event. An
 * object is for one thread.
 */
final class SegmentEvents {
    private final Response response;
    private @Nullable EventStream events;

    SegmentEvents(Response response) {
        this.response = response;
    }

    private EventStream events() {
        if (events == null) {
            events = new EventStream(response);
        }
        return events;
    }

    /** @throws IOException if the client does not take it */
    void segment(Transcript.Segment segment) throws IOException {
        boolean first = events == null;
        String gap = first || segment.words().get(0).attached() ? "" : " ";
        events().send(typed("transcript.text.delta", "delta", gap + segment.text()));
    }

    void done(Transcript transcript) throws IOException {
        Map<String, Object> done = typed("transcript.text.done", "text", transcript.text());
        done.put("usage", TranscriptDocuments.usage(transcript.audioSeconds()));
        events().send(done);
        events().end();
    }

    /**
     * Reports a failure as an event.
     *
     * @throws HttpFailure the given failure, if no event was sent before
     */
    void failed(HttpFailure failure) throws IOException {
        if (events == null) {
            throw failure;
        }
        events.send(Replies.document(failure));
        events.end();
    }

    private static Map<String, Object> typed(String type, String key, String value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", type);
        map.put(key, value);
        return map;
    }
}
