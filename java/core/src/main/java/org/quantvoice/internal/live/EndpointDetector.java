package org.quantvoice.internal.live;

import java.util.Optional;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.stream.Endpoint;
import org.quantvoice.stream.EndpointRules;

/** Applies {@link EndpointRules} to the frames of one utterance. */
final class EndpointDetector {
    private final EndpointRules rules;
    private final Vocabulary vocabulary;
    private final double frameSeconds;
    private long frames;
    private long silent;

    EndpointDetector(EndpointRules rules, Vocabulary vocabulary, double frameSeconds) {
        this.rules = rules;
        this.vocabulary = vocabulary;
        this.frameSeconds = frameSeconds;
    }

    void accept(LogProbs chunk) {
        for (int t = 0; t < chunk.frames(); t++) {
            double silence = Math.exp(chunk.at(t, vocabulary.blank()));
            if (vocabulary.delimiter().isPresent()) {
                silence += Math.exp(chunk.at(t, vocabulary.delimiter().getAsInt()));
            }
            silent = silence > rules.blankThreshold() ? silent + 1 : 0;
        }
        frames += chunk.frames();
    }

    /** @param words whether the utterance has any words so far */
    Optional<Endpoint> endpoint(boolean words) {
        double silence = silent * frameSeconds;
        if (words && silence >= rules.silenceAfterSpeech()) {
            return Optional.of(Endpoint.SILENCE_AFTER_SPEECH);
        }
        if (!words && silence >= rules.longSilence()) {
            return Optional.of(Endpoint.LONG_SILENCE);
        }
        return frames * frameSeconds >= rules.maxLength() ? Optional.of(Endpoint.MAXIMAL_LENGTH) : Optional.empty();
    }
}
