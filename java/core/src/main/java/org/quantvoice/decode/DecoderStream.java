package org.quantvoice.decode;

import java.util.List;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LmState;

/**
 * The decoding of one utterance or live stream. The result depends on the frames alone, to the bit, never on how they
 * were split into calls. For one thread at a time.
 */
public interface DecoderStream {

    /**
     * Reads frames, any number of them.
     *
     * @throws org.quantvoice.error.DecoderException if the matrix does not fit the vocabulary, holds a NaN or positive
     *     infinity, or if the stream was finished
     */
    void accept(LogProbs frames);

    /** Returns the words that are known so far, without changing the result. */
    Partial partial();

    /**
     * Returns the committed words and forgets them, so that a stream of any length needs bounded memory. Words taken
     * are missing from {@link #partial()} and {@link #finish()} afterwards; their scores still count. If the
     * vocabulary marks no words, the committed text is returned as one word, wherever it ends.
     */
    List<WordSpan> takeCommitted();

    /** Ends the stream and returns the best hypotheses, best first, at least one. */
    List<Hypothesis> finish();

    /**
     * The context of the language model after the best hypothesis, without {@code </s>}: what the next utterance of the same
     * speech can begin with ({@link PrefixBeam#begin(LmState)}). Only after {@link #finish()}.
     *
     * @throws DecoderException if the decoder has no language model, or the stream was not finished
     */
    default LmState languageModelContext() {
        throw new DecoderException(
                "a stream without language model",
                "a finished stream with a language model",
                "decode by a PrefixBeam that has a language model");
    }
}
