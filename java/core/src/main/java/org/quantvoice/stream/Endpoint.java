package org.quantvoice.stream;

/** The reason why an utterance ended. */
public enum Endpoint {
    /** The speaker paused. */
    SILENCE_AFTER_SPEECH,
    /** Nobody spoke for long; an utterance that ends so has no words and no event. */
    LONG_SILENCE,
    /** The utterance reached the maximal length, perhaps in the middle of a word. */
    MAXIMAL_LENGTH,
    /** The stream was finished. */
    END_OF_STREAM
}
