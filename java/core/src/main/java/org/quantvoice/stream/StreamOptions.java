package org.quantvoice.stream;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;

/**
 * Settings of a {@link TranscriptStream} over a model with caches.
 */
public final class StreamOptions {
    /** Chunk size with which the utterance is one chunk: there is full context, and no event before its end. */
    public static final int WHOLE = -1;
    /** Number of left chunks with which attention looks back to the start of the utterance. */
    public static final int UNLIMITED = -1;

    private static final int MAX_FRAMES = 1 << 20;
    private static final int FIRST_PASS_NBEST = 10;

    private final int chunkFrames;
    private final int leftChunks;
    private final Function<Vocabulary, ? extends Decoder> decoder;
    private final boolean rescoring;
    private final double ctcWeight;
    private final double reverseWeight;
    private final EndpointRules endpoints;
    private final boolean quietTail;

    private StreamOptions(
            int chunkFrames,
            int leftChunks,
            Function<Vocabulary, ? extends Decoder> decoder,
            boolean rescoring,
            double ctcWeight,
            double reverseWeight,
            EndpointRules endpoints,
            boolean quietTail) {
        Objects.requireNonNull(decoder, "decoder");
        Objects.requireNonNull(endpoints, "endpoints");
        require(
                chunkFrames == WHOLE || chunkFrames >= 1 && chunkFrames <= MAX_FRAMES,
                "a chunk of " + chunkFrames + " frames",
                "1 to " + MAX_FRAMES + ", or -1 for the whole utterance");
        require(
                leftChunks >= UNLIMITED && leftChunks <= MAX_FRAMES,
                leftChunks + " left chunks",
                "0 to " + MAX_FRAMES + ", or -1 for all");
        require(ctcWeight >= 0 && ctcWeight < Double.POSITIVE_INFINITY, "ctcWeight " + ctcWeight, "0 or more");
        require(reverseWeight >= 0 && reverseWeight <= 1, "reverseWeight " + reverseWeight, "0 to 1");
        this.chunkFrames = chunkFrames;
        this.leftChunks = leftChunks;
        this.decoder = decoder;
        this.rescoring = rescoring;
        this.ctcWeight = ctcWeight;
        this.reverseWeight = reverseWeight;
        this.endpoints = endpoints;
        this.quietTail = quietTail;
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new DecoderException(got, expected, "correct the options of the stream");
        }
    }

    /**
     * Returns a builder with the defaults: chunk 16, all history, prefix beam 10, rescoring with ctcWeight 0.5, the
     * default endpoints, silence behind the last word.
     */
    public static Builder builder() {
        return new Builder();
    }

    public static StreamOptions defaults() {
        return builder().build();
    }

    /**
     * Returns options with a decoder that was made for whole utterances as first pass. A prefix beam then returns at
     * least 10 hypotheses, so that the second pass can choose among them; a greedy decoder has only one, and the
     * second pass is left out.
     */
    public StreamOptions withFirstPass(Decoder chosen) {
        Decoder first = chosen instanceof PrefixBeam beam
                ? beam.withNbest(Math.max(FIRST_PASS_NBEST, beam.options().nbest()))
                : chosen;
        boolean second = rescoring && !(chosen instanceof GreedyDecoder);
        return new StreamOptions(
                chunkFrames, leftChunks, vocabulary -> first, second, ctcWeight, reverseWeight, endpoints, quietTail);
    }

    /** Returns options with other rules for the ends of utterances. */
    public StreamOptions withEndpoints(EndpointRules rules) {
        return new StreamOptions(
                chunkFrames, leftChunks, decoder, rescoring, ctcWeight, reverseWeight, rules, quietTail);
    }

    /**
     * Returns the settings of U2's first pass: the 10 most probable tokens of a frame and 10 hypotheses, all of which
     * are returned.
     */
    public static BeamOptions.Builder firstPass() {
        return BeamOptions.unpruned()
                .beamWidth(10)
                .topTokens(10)
                .nbest(FIRST_PASS_NBEST)
                .labelling(Labelling.TOKENS);
    }

    /**
     * Returns the number of encoder frames of a chunk (40 ms each in most models), 1 or more, or {@link #WHOLE}. The
     * latency is the chunk plus the model's right context.
     */
    public int chunkFrames() {
        return chunkFrames;
    }

    /** Returns the number of chunks that attention looks back, 0 or more, or {@link #UNLIMITED}. */
    public int leftChunks() {
        return leftChunks;
    }

    /** Returns the factory of the first pass, which with rescoring should keep an n-best list. */
    public Function<Vocabulary, ? extends Decoder> decoder() {
        return decoder;
    }

    /** Returns whether the attention decoder orders the n-best list of each utterance. */
    public boolean rescoring() {
        return rescoring;
    }

    /** Returns the share of the first pass: {@code score = attention + ctcWeight * first pass}, 0 or more. */
    public double ctcWeight() {
        return ctcWeight;
    }

    /**
     * Returns the share of the right-to-left decoder in {@code attention}, 0 to 1; above 0 it needs a model that has
     * one.
     */
    public double reverseWeight() {
        return reverseWeight;
    }

    /** Returns the rules by which utterances end. */
    public EndpointRules endpoints() {
        return endpoints;
    }

    /**
     * Returns whether a stream that ends with speech gets up to 0.3 s of silence behind it, without which a model
     * that was trained on whole recordings misses the last letter. If false, the model gets the samples alone, as in
     * other systems.
     */
    public boolean quietTail() {
        return quietTail;
    }

    /** Collects settings; every one has a default. */
    public static final class Builder {
        private int chunkFrames = 16;
        private int leftChunks = UNLIMITED;
        private @Nullable Function<Vocabulary, ? extends Decoder> decoder;
        private boolean rescoring = true;
        private double ctcWeight = 0.5;
        private double reverseWeight;
        private EndpointRules endpoints = EndpointRules.defaults();
        private boolean quietTail = true;

        private Builder() {}

        public Builder chunkFrames(int frames) {
            chunkFrames = frames;
            return this;
        }

        public Builder leftChunks(int chunks) {
            leftChunks = chunks;
            return this;
        }

        public Builder decoder(Function<Vocabulary, ? extends Decoder> factory) {
            decoder = factory;
            return this;
        }

        public Builder rescoring(boolean on) {
            rescoring = on;
            return this;
        }

        public Builder ctcWeight(double weight) {
            ctcWeight = weight;
            return this;
        }

        public Builder reverseWeight(double weight) {
            reverseWeight = weight;
            return this;
        }

        public Builder endpoints(EndpointRules rules) {
            endpoints = rules;
            return this;
        }

        public Builder quietTail(boolean on) {
            quietTail = on;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws DecoderException if a value is out of its range
         */
        public StreamOptions build() {
            BeamOptions beam = firstPass().build();
            Function<Vocabulary, ? extends Decoder> made =
                    decoder == null ? vocabulary -> PrefixBeam.with(vocabulary, beam) : decoder;
            return new StreamOptions(
                    chunkFrames, leftChunks, made, rescoring, ctcWeight, reverseWeight, endpoints, quietTail);
        }
    }
}
