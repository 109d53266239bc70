package org.quantvoice.decode;

/** What the numbers of a matrix are; stated by the caller, never guessed. */
public enum InputType {
    /** Natural log-probabilities, used as they are. */
    LOGPROB,
    /** Raw scores; each row is put through a log-softmax. */
    LOGIT,
    /** Probabilities; the log is taken. */
    PROB
}
