package org.quantvoice.internal.live;

import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Decoder;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.stream.EndpointRules;

/** Data that the streams of one model with the same settings share. */
record StreamParts(
        Decoder firstPass,
        @Nullable Rescorer secondPass,
        EndpointRules endpoints,
        Vocabulary vocabulary,
        double frameSeconds) {

    Utterance utterance(long firstFrame) {
        EndpointDetector detector = new EndpointDetector(endpoints, vocabulary, frameSeconds);
        return new Utterance(firstPass.begin(), detector, frameSeconds, firstFrame);
    }
}
