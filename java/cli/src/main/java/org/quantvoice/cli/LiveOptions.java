package org.quantvoice.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.stream.WindowOptions;
import picocli.CommandLine.Option;

/** How speech is recognised while it comes in. */
final class LiveOptions {
    @Option(
            names = "--chunk",
            paramLabel = "N",
            order = 21,
            converter = RunOptions.Positive.class,
            description = "Live: encoder frames of a chunk (default: what the model says, else 16).")
    private @Nullable Integer chunk;

    @Option(
            names = "--left",
            paramLabel = "N",
            order = 22,
            description = "Live: chunks that attention looks back; -1: all (default: what the model says, else -1).")
    private @Nullable Integer left;

    @Option(
            names = "--ctc-weight",
            paramLabel = "X",
            order = 23,
            description = "Live: weight of the first pass in the second (default: 0.5).")
    private @Nullable Double ctcWeight;

    @Option(names = "--no-rescoring", order = 24, description = "Live: leave out the second pass.")
    private boolean noRescoring;

    @Option(
            names = "--silence",
            paramLabel = "S",
            order = 25,
            description = "Live: seconds of silence that end an utterance (default: 1).")
    private @Nullable Double silence;

    private EndpointRules endpoints() {
        EndpointRules rules = EndpointRules.defaults();
        return silence == null ? rules : rules.withSilenceAfterSpeech(silence);
    }

    private StreamOptions options(QuantSession session) {
        StreamOptions usual = session.streamOptions();
        StreamOptions.Builder options = StreamOptions.builder()
                .chunkFrames(usual.chunkFrames())
                .leftChunks(usual.leftChunks())
                .rescoring(!noRescoring)
                .endpoints(endpoints());
        if (chunk != null) {
            options.chunkFrames(chunk);
        }
        if (left != null) {
            options.leftChunks(left);
        }
        if (ctcWeight != null) {
            options.ctcWeight(ctcWeight);
        }
        return options.build();
    }

    private WindowOptions windows() {
        return WindowOptions.defaults().withEndpoints(endpoints());
    }

    /** The settings as a document has them. */
    void addTo(Map<String, @Nullable Object> map, QuantSession session) {
        if (!session.streams()) {
            map.put("latencySeconds", windows().latency());
            return;
        }
        StreamOptions options = options(session);
        map.put("chunk", options.chunkFrames());
        map.put("leftChunks", options.leftChunks());
        map.put("rescoring", options.rescoring());
        map.put("ctcWeight", options.ctcWeight());
        map.put("latencySeconds", session.latency(options));
    }

    TranscriptStream open(QuantSession session) {
        return session.streams() ? session.stream(options(session)) : session.stream(windows());
    }

    /** Seconds from a sound to its words, computation not counted. */
    double latency(QuantSession session) {
        return session.streams() ? session.latency(options(session)) : windows().latency();
    }
}
