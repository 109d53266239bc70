package org.quantvoice.internal.beam;

import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses rows that cannot be decoded, and warns once for each stream about rows that are not distributions. */
public final class RowCheck {
    private static final Logger LOG = LoggerFactory.getLogger(RowCheck.class);
    private static final double MASS_TOLERANCE = 1e-2;
    private static final int EVERY = 64;

    private final Vocabulary vocabulary;
    private boolean warned;

    public RowCheck(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    public void shape(LogProbs frames) {
        if (frames.vocabulary() != vocabulary.size()) {
            throw new DecoderException(
                    frames.vocabulary() + " values a frame",
                    vocabulary.size() + ", one for each token",
                    "pass the vocabulary that belongs to the model");
        }
    }

    public static DecoderException finished() {
        return new DecoderException("a stream that was finished", "an open one", "begin a new stream");
    }

    public DecoderException refused(float value, int frame, int token) {
        return new DecoderException(
                value + " at frame " + frame + ", token " + token + " ('" + vocabulary.token(token) + "')",
                "a number or negative infinity",
                "check the model's output for overflow");
    }

    /**
     * Checks the sum of a row's probabilities. Only every 64th frame is summed, counted from the start of the stream,
     * because summing exponentials costs more than decoding.
     */
    public void mass(float[] data, int base, int frame) {
        if (warned || frame % EVERY != 0) {
            return;
        }
        double sum = 0;
        for (int v = 0; v < vocabulary.size(); v++) {
            sum += Math.exp(data[base + v]);
        }
        if (!(Math.abs(sum - 1) <= MASS_TOLERANCE)) {
            warned = true;
            LOG.warn(
                    "frame {} holds a probability mass of {}, not 1; scores are those of the input as it is. Set normalise"
                            + " or the input type to change that",
                    frame,
                    sum);
        }
    }
}
