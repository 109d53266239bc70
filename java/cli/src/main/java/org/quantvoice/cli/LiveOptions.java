package org.quantvoice.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.stream.WindowOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How speech is recognised while it comes in. */
final class LiveOptions {
    @Mixin
    private StreamSettingsOptions settings;

    @Option(names = "--no-rescoring", order = 45, description = "Live: leave out the second pass.")
    private boolean noRescoring;

    @Option(
            names = "--silence",
            paramLabel = "S",
            order = 46,
            description = "Live: seconds of silence that end an utterance (default: 1).")
    private @Nullable Double silence;

    private EndpointRules endpoints() {
        EndpointRules rules = EndpointRules.defaults();
        return silence == null ? rules : rules.withSilenceAfterSpeech(silence);
    }

    private StreamOptions options(QuantSession session) {
        StreamOptions usual = session.streamOptions();
        StreamSettings chosen = settings.over(
                new StreamSettings(usual.chunkFrames(), usual.leftChunks(), usual.ctcWeight(), usual.reverseWeight()));
        return StreamOptions.builder()
                .chunkFrames(chosen.chunkFrames())
                .leftChunks(chosen.leftChunks())
                .ctcWeight(chosen.ctcWeight())
                .reverseWeight(chosen.reverseWeight())
                .rescoring(!noRescoring)
                .endpoints(endpoints())
                .build();
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
        map.put("reverseWeight", options.reverseWeight());
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
