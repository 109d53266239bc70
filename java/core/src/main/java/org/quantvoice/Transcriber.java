package org.quantvoice;

import java.util.List;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.DecoderStream;
import org.quantvoice.decode.ForcedAligner;
import org.quantvoice.decode.Hypothesis;
import org.quantvoice.decode.Word;
import org.quantvoice.decode.WordSpan;
import org.quantvoice.engine.LogProbs;

/** Turns log-probs into a transcript: decodes them, and converts frames to seconds. Immutable. */
record Transcriber(ModelCard card, Decoder decoder) {

    Transcript transcribe(LogProbs logProbs, double audioSeconds) {
        DecoderStream stream = decoder.begin();
        stream.accept(logProbs);
        return new Transcript(readings(stream, audioSeconds), audioSeconds);
    }

    /** Ends a stream and returns its alternatives. */
    List<Transcript.Alternative> readings(DecoderStream stream, double audioSeconds) {
        return stream.finish().stream().map(h -> alternative(h, audioSeconds)).toList();
    }

    /** Finds the times of the words of a known text. */
    Transcript align(LogProbs logProbs, String text, double audioSeconds) {
        Hypothesis path = ForcedAligner.with(card.vocabulary()).align(logProbs, text);
        return new Transcript(List.of(alternative(path, audioSeconds)), audioSeconds);
    }

    private Transcript.Alternative alternative(Hypothesis h, double audioSeconds) {
        return new Transcript.Alternative(
                h.text(), h.words().stream().map(w -> word(w, audioSeconds)).toList(), h.score());
    }

    Word word(WordSpan w, double audioSeconds) {
        double start = Math.min(card.seconds(w.startFrame()), audioSeconds);
        double end = Math.min(card.seconds(w.endFrame()), audioSeconds);
        return new Word(w.text(), start, end, w.confidence(), w.attached());
    }
}
