package org.quantvoice.cli.option;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.stream.WindowOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of live recognition. */
public final class LiveOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

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

    @Option(
            names = "--long-silence",
            paramLabel = "S",
            order = 47,
            description = "Live: seconds of silence after which an utterance without words is dropped (default: 5).")
    private @Nullable Double longSilence;

    @Option(
            names = "--max-length",
            paramLabel = "S",
            order = 48,
            description = "Live: seconds after which an utterance ends in any case (default: 20).")
    private @Nullable Double maxLength;

    /**
     * Refuses options that would have no effect.
     *
     * @param live whether speech is recognised while it comes in
     */
    public void check(boolean live) {
        boolean ends = silence != null || longSilence != null || maxLength != null;
        if (!live && (settings.any() || noRescoring || ends)) {
            throw new ParameterException(
                    command.commandLine(), "got options of live recognition; expected --live with them");
        }
        if (noRescoring && settings.weighs()) {
            throw new ParameterException(
                    command.commandLine(),
                    "got --no-rescoring with weights of the second pass; expected one or the other");
        }
    }

    private EndpointRules endpoints(UnaryOperator<EndpointRules> change) {
        EndpointRules rules = EndpointRules.defaults();
        return change.apply(new EndpointRules(
                silence == null ? rules.silenceAfterSpeech() : silence,
                longSilence == null ? rules.longSilence() : longSilence,
                maxLength == null ? rules.maxLength() : maxLength,
                rules.blankThreshold()));
    }

    private StreamOptions options(QuantSession session, UnaryOperator<EndpointRules> change) {
        StreamOptions usual = session.streamOptions();
        StreamSettings chosen = settings.over(
                new StreamSettings(usual.chunkFrames(), usual.leftChunks(), usual.ctcWeight(), usual.reverseWeight()));
        return StreamOptions.builder()
                .chunkFrames(chosen.chunkFrames())
                .leftChunks(chosen.leftChunks())
                .ctcWeight(chosen.ctcWeight())
                .reverseWeight(chosen.reverseWeight())
                .decoder(usual.decoder())
                .rescoring(usual.rescoring() && !noRescoring)
                .endpoints(endpoints(change))
                .build();
    }

    private WindowOptions windows(QuantSession session, UnaryOperator<EndpointRules> change) {
        if (settings.any() || noRescoring) {
            throw new UnsupportedOperatorException(
                    "chunks or a second pass for a model without caches, which is heard by windows",
                    "none of --chunk, --left, --ctc-weight, --reverse-weight, --no-rescoring",
                    "leave them out, or use a streaming model such as u2-digits");
        }
        return session.windowOptions().withEndpoints(endpoints(change));
    }

    /** Adds the settings to a document. */
    public void addTo(Map<String, @Nullable Object> map, QuantSession session) {
        if (!session.streams()) {
            map.put("latencySeconds", windows(session, UnaryOperator.identity()).latency());
            return;
        }
        StreamOptions options = options(session, UnaryOperator.identity());
        map.put("chunk", options.chunkFrames());
        map.put("leftChunks", options.leftChunks());
        map.put("rescoring", options.rescoring());
        map.put("ctcWeight", options.ctcWeight());
        map.put("reverseWeight", options.reverseWeight());
        map.put("latencySeconds", session.latency(options));
    }

    public TranscriptStream open(QuantSession session) {
        return open(session, UnaryOperator.identity());
    }

    /**
     * Opens a stream.
     *
     * @param change applies a client's own rules of the ends of utterances to those of the options
     */
    public TranscriptStream open(QuantSession session, UnaryOperator<EndpointRules> change) {
        check(true);
        return session.streams() ? session.stream(options(session, change)) : session.stream(windows(session, change));
    }

    /** Returns the seconds from a sound to its words, without the time of computation. */
    public double latency(QuantSession session) {
        return session.streams()
                ? session.latency(options(session, UnaryOperator.identity()))
                : windows(session, UnaryOperator.identity()).latency();
    }
}
