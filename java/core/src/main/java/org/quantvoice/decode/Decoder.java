package org.quantvoice.decode;

import org.quantvoice.engine.LogProbs;

/** Turns log-probabilities into words. Immutable, shared by threads. */
public interface Decoder {

    /** A new stream, independent of all others. */
    DecoderStream begin();

    /** Decodes one utterance that is wholly there: a stream that is fed once. */
    default Hypothesis decode(LogProbs utterance) {
        DecoderStream stream = begin();
        stream.accept(utterance);
        return stream.finish().get(0);
    }
}
