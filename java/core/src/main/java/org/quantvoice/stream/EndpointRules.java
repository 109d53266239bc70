package org.quantvoice.stream;

import org.quantvoice.error.DecoderException;

/**
 * The rules by which an utterance of a stream ends: the three usual rules of Kaldi and WeNet on the posterior of the
 * blank. A frame is silent if blank and word delimiter together have more than {@code blankThreshold}. The rules are
 * checked after each chunk, so a rule fires up to one chunk late. Infinity switches a rule off.
 *
 * @param silenceAfterSpeech seconds of silence that end an utterance with words, above 0
 * @param longSilence seconds of silence that end an utterance without words, above 0; its caches are dropped, and
 *     there is no event
 * @param maxLength seconds after which an utterance ends in any case, above 0; the memory of an utterance grows with
 *     its length
 * @param blankThreshold probability, 0 to 1
 */
public record EndpointRules(double silenceAfterSpeech, double longSilence, double maxLength, double blankThreshold) {
    private static final EndpointRules DEFAULTS = new EndpointRules(1, 5, 20, 0.8);
    private static final EndpointRules NONE = new EndpointRules(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, DEFAULTS.blankThreshold);

    public EndpointRules {
        requirePositive("silenceAfterSpeech", silenceAfterSpeech);
        requirePositive("longSilence", longSilence);
        requirePositive("maxLength", maxLength);
        if (!(blankThreshold >= 0 && blankThreshold <= 1)) {
            throw new DecoderException("blankThreshold " + blankThreshold, "a probability, 0 to 1", "0.8 is usual");
        }
    }

    private static void requirePositive(String name, double seconds) {
        if (!(seconds > 0)) {
            throw new DecoderException(
                    name + " of " + seconds + " s",
                    "more than 0 s, or infinity for never",
                    "correct the endpoint rules");
        }
    }

    /**
     * Returns the usual rules: 1 s of silence after speech, 5 s of silence without speech, 20 s at most, threshold
     * 0.8.
     */
    public static EndpointRules defaults() {
        return DEFAULTS;
    }

    /** Returns rules by which the whole stream is one utterance, however long. */
    public static EndpointRules none() {
        return NONE;
    }

    public EndpointRules withSilenceAfterSpeech(double seconds) {
        return new EndpointRules(seconds, longSilence, maxLength, blankThreshold);
    }

    public EndpointRules withLongSilence(double seconds) {
        return new EndpointRules(silenceAfterSpeech, seconds, maxLength, blankThreshold);
    }

    public EndpointRules withMaxLength(double seconds) {
        return new EndpointRules(silenceAfterSpeech, longSilence, seconds, blankThreshold);
    }
}
