package org.quantvoice.server.models;

import java.util.function.UnaryOperator;
import org.quantvoice.QuantSession;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** How a server opens live streams over the session of a model. Called by many threads at once. */
public interface LiveStreams {

    /**
     * Opens a stream for one client.
     *
     * @param session the model's, perhaps with hotwords of the client's; not to be kept
     * @param endpoints what the client wants other than usual of the ends of utterances
     */
    TranscriptStream open(QuantSession session, UnaryOperator<EndpointRules> endpoints);

    /** Seconds from a sound to its words, computation not counted. */
    double latencySeconds(QuantSession session);

    /** Returns streams as the session opens them: with caches where the model has them, else by windows. */
    static LiveStreams usual() {
        return new LiveStreams() {
            @Override
            public TranscriptStream open(QuantSession session, UnaryOperator<EndpointRules> endpoints) {
                if (!session.streams()) {
                    var windows = session.windowOptions();
                    return session.stream(windows.withEndpoints(endpoints.apply(windows.endpoints())));
                }
                StreamOptions usual = session.streamOptions();
                return session.stream(usual.withEndpoints(endpoints.apply(usual.endpoints())));
            }

            @Override
            public double latencySeconds(QuantSession session) {
                return session.streams()
                        ? session.latency(session.streamOptions())
                        : session.windowOptions().latency();
            }
        };
    }
}
