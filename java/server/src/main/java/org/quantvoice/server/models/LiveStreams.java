package org.quantvoice.server.models;

import java.util.function.UnaryOperator;
import org.quantvoice.QuantSession;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Opens the live streams of a server over the session of a model. Many threads call it at once. */
public interface LiveStreams {

    /**
     * Opens a stream for one client.
     *
     * @param session of the model, perhaps with hotwords of the client; it must not be kept
     * @param endpoints changes the usual rules of the ends of utterances as the client wants
     */
    TranscriptStream open(QuantSession session, UnaryOperator<EndpointRules> endpoints);

    /** Returns the seconds from a sound to its words, without the time of computation. */
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
