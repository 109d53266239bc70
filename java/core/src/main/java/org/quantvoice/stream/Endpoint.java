package org.quantvoice.stream;

/** Why an utterance ended. */
public enum Endpoint {
    /** The speaker paused. */
    SILENCE_AFTER_SPEECH,
    /** Nobody spoke for long; such an utterance has no words and is not told. */
    LONG_SILENCE,
    /** It reached the maximal length, perhaps in the middle of a word. */
    MAXIMAL_LENGTH,
    /** The stream was finished. */
    END_OF_STREAM
}
