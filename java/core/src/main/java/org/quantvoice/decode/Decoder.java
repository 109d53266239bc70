package org.quantvoice.decode;

import org.quantvoice.engine.LogProbs;

/** Turns log-probs into words. Immutable, shared by threads. */
public interface Decoder {

    /** Returns a new stream that is independent of all others. */
    DecoderStream begin();

    /** Decodes one complete utterance, as a stream that is fed once. */
    default Hypothesis decode(LogProbs utterance) {
        DecoderStream stream = begin();
        stream.accept(utterance);
        return stream.finish().get(0);
    }
}
