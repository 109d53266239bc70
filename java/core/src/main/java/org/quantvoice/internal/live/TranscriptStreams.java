package org.quantvoice.internal.live;

import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.stream.WindowOptions;

/** Opens streams on models. */
public final class TranscriptStreams {
    private static final double FEATURE_SECONDS = 0.01;
    private static final double FEATURE_WINDOW_SECONDS = 0.025;

    private TranscriptStreams() {}

    /**
     * Returns a stream over a model with caches. The algorithmic latency is the chunk plus the right context of the
     * model.
     *
     * @param sampleRate the model's sample rate in hertz
     * @throws DecoderException if the options do not fit the model
     */
    public static TranscriptStream cached(
            StreamingModel model, Vocabulary vocabulary, int sampleRate, StreamOptions options) {
        StreamConstants constants = model.constants();
        requireFit(constants, options);
        if (constants.sos() >= vocabulary.size() || constants.eos() >= vocabulary.size()) {
            throw new ModelFormatException(
                    "sos " + constants.sos() + " and eos " + constants.eos() + " with " + vocabulary.size() + " tokens",
                    "two of the tokens",
                    "pass the token list that belongs to the model");
        }
        double frameSeconds = constants.subsampling() * FEATURE_SECONDS;
        Rescorer secondPass =
                options.rescoring() ? new Rescorer(model, options.ctcWeight(), options.reverseWeight()) : null;
        StreamParts parts = new StreamParts(
                options.decoder().apply(vocabulary), secondPass, options.endpoints(), vocabulary, frameSeconds);
        int chunk = options.chunkFrames();
        if (chunk == StreamOptions.WHOLE) {
            chunk = (int)
                    Math.min(Integer.MAX_VALUE, Math.ceil(options.endpoints().maxLength() / frameSeconds));
        }
        StreamingState state = model.open(
                options.chunkFrames() == StreamOptions.WHOLE ? Integer.MAX_VALUE : chunk, options.leftChunks());
        return new LiveStream(parts, new ChunkEncoder(constants, state, sampleRate, chunk, options.quietTail()));
    }

    /**
     * Checks that options fit a model.
     *
     * @throws DecoderException if the options need something that the model lacks
     */
    public static void requireFit(StreamConstants constants, StreamOptions options) {
        if (options.reverseWeight() > 0 && !constants.bidirectional()) {
            throw new DecoderException(
                    "reverseWeight " + options.reverseWeight() + " for a model without right-to-left decoder",
                    "0",
                    "leave reverseWeight out");
        }
    }

    /**
     * Returns the seconds from the first sound of a chunk until all samples that the chunk needs have arrived;
     * infinite if the chunk is the whole utterance.
     */
    public static double latency(StreamConstants constants, StreamOptions options) {
        int chunk = options.chunkFrames();
        return chunk == StreamOptions.WHOLE
                ? Double.POSITIVE_INFINITY
                : (constants.window(chunk) - 1) * FEATURE_SECONDS + FEATURE_WINDOW_SECONDS;
    }

    /**
     * Returns a stream over a model that is not causal, which is run on overlapping windows; words come {@link
     * WindowOptions#latency()} late.
     *
     * @param frameHop samples of a frame
     * @param shortest samples of the model's shortest input
     */
    public static TranscriptStream windowed(
            AcousticModel model,
            Vocabulary vocabulary,
            int sampleRate,
            int frameHop,
            int shortest,
            WindowOptions options) {
        StreamParts parts = new StreamParts(
                options.decoder().apply(vocabulary),
                null,
                options.endpoints(),
                vocabulary,
                (double) frameHop / sampleRate);
        return new LiveStream(parts, new WindowEncoder(model::run, sampleRate, frameHop, shortest, options));
    }
}
