package org.quantvoice.stream;

import java.util.Objects;
import java.util.function.Function;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;

/**
 * Settings of a {@link TranscriptStream} over a model that is not causal, such as wav2vec 2.0: each step runs the whole model
 * on a window of {@code left + step + right} seconds and keeps the frames of the step. Words appear {@link #latency()}
 * seconds late, each second of audio is computed {@code (left + step + right) / step} times, and a word may differ from what
 * the model says of the whole recording, since it never sees more than the window.
 */
public final class WindowOptions {
    private static final double LONGEST = 60;

    private final double left;
    private final double step;
    private final double right;
    private final Function<Vocabulary, ? extends Decoder> decoder;
    private final EndpointRules endpoints;

    private WindowOptions(
            double left,
            double step,
            double right,
            Function<Vocabulary, ? extends Decoder> decoder,
            EndpointRules endpoints) {
        Objects.requireNonNull(decoder, "decoder");
        Objects.requireNonNull(endpoints, "endpoints");
        require("left", left, left >= 0);
        require("step", step, step > 0);
        require("right", right, right >= 0);
        this.left = left;
        this.step = step;
        this.right = right;
        this.decoder = decoder;
        this.endpoints = endpoints;
    }

    private static void require(String name, double seconds, boolean holds) {
        if (!holds || !(seconds <= LONGEST)) {
            throw new DecoderException(
                    "windows with " + name + " = " + seconds + " s",
                    (name.equals("step") ? "more than 0" : "0") + " to " + LONGEST + " s",
                    "correct the options of the stream");
        }
    }

    /**
     * Returns the defaults: 2 s of history, steps of 0.5 s and 1 s of future, which give 1.5 s of latency; prefix
     * beam search.
     */
    public static WindowOptions defaults() {
        return new WindowOptions(2, 0.5, 1, PrefixBeam::with, EndpointRules.defaults());
    }

    public WindowOptions withSeconds(double newLeft, double newStep, double newRight) {
        return new WindowOptions(newLeft, newStep, newRight, decoder, endpoints);
    }

    public WindowOptions withDecoder(Function<Vocabulary, ? extends Decoder> factory) {
        return new WindowOptions(left, step, right, factory, endpoints);
    }

    public WindowOptions withEndpoints(EndpointRules rules) {
        return new WindowOptions(left, step, right, decoder, rules);
    }

    /** Returns the seconds from the beginning of a step until its audio has arrived, without computation. */
    public double latency() {
        return step + right;
    }

    /** Returns the length in seconds of the audio in each run of the model. */
    public double window() {
        return left + step + right;
    }

    /** Returns the number of seconds of history in a window, 0 or more. */
    public double left() {
        return left;
    }

    /** Returns the number of seconds from one window to the next, above 0. */
    public double step() {
        return step;
    }

    /** Returns the number of seconds of future in a window, 0 or more. */
    public double right() {
        return right;
    }

    /** Returns the factory of the decoder that turns frames into words. */
    public Function<Vocabulary, ? extends Decoder> decoder() {
        return decoder;
    }

    /** Returns the rules by which utterances end. */
    public EndpointRules endpoints() {
        return endpoints;
    }
}
