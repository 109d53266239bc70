package org.quantvoice;

import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.longform.PartSpans;

/**
 * A part of a recording whose words are those of a run over the whole recording.
 *
 * @param from seconds, 0 or more
 * @param to seconds, above {@code from}; infinity for the end
 */
record RecordingPart(double from, double to) {
    RecordingPart {
        if (!(from >= 0 && from < Double.POSITIVE_INFINITY && to > from)) {
            throw new AudioFormatException(
                    "a part from " + from + " s to " + to + " s",
                    "0 or more, and an end behind the beginning",
                    "correct the times");
        }
    }

    /**
     * Refuses models whose parts cannot be transcribed separately.
     *
     * @throws UnsupportedOperatorException if only a run over the whole recording finds the words of the model
     */
    void requireFit(boolean caches, Vocabulary vocabulary) {
        if (caches || !vocabulary.marksWords()) {
            throw new UnsupportedOperatorException(
                    "a part of a recording for a model " + (caches ? "with caches" : "whose vocabulary marks no words"),
                    "a model whose windows are heard by themselves, and tokens that tell where words end",
                    "transcribe the whole recording");
        }
    }

    PartSpans spans(ModelCard card) {
        return new PartSpans(frame(card, from), Math.max(frame(card, from) + 1, frame(card, to)));
    }

    /**
     * Returns the frame of a border, which is the same for the end of a part and the beginning of the next; the cast
     * turns infinity into the largest number.
     */
    private static long frame(ModelCard card, double seconds) {
        return (long) Math.ceil(seconds * card.sampleRate() / card.frameHop());
    }
}
