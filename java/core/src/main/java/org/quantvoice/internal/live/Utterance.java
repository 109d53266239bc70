package org.quantvoice.internal.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.DecoderStream;
import org.quantvoice.decode.Hypothesis;
import org.quantvoice.decode.Partial;
import org.quantvoice.decode.Word;
import org.quantvoice.decode.WordSpan;
import org.quantvoice.stream.Endpoint;
import org.quantvoice.stream.StreamEvent;

/** The current utterance of a stream: its first pass, its encoder frames for the second pass, and its silence. */
final class Utterance {
    private final DecoderStream firstPass;
    private final EndpointDetector detector;
    private final double frameSeconds;
    private final long firstFrame;
    private @Nullable FrameBuffer encoder;
    private Partial known = new Partial(List.of(), List.of(), 0);
    private int frames;

    /** @param firstFrame number of encoder frames of the stream before the utterance */
    Utterance(DecoderStream firstPass, EndpointDetector detector, double frameSeconds, long firstFrame) {
        this.firstPass = firstPass;
        this.detector = detector;
        this.frameSeconds = frameSeconds;
        this.firstFrame = firstFrame;
    }

    /** @param kept whether the encoder frames are kept for a second pass */
    void accept(EncodedFrames chunk, boolean kept) {
        firstPass.accept(chunk.logProbs());
        detector.accept(chunk.logProbs());
        if (kept && chunk.width() > 0) {
            if (encoder == null) {
                encoder = new FrameBuffer(chunk.width());
            }
            encoder.add(chunk.encoder());
        }
        frames += chunk.frames();
        known = firstPass.partial();
    }

    Optional<Endpoint> endpoint() {
        return detector.endpoint(hasWords());
    }

    boolean hasWords() {
        return !known.committed().isEmpty() || !known.pending().isEmpty();
    }

    long endFrame() {
        return firstFrame + frames;
    }

    StreamEvent.Partial partial(int number) {
        return new StreamEvent.Partial(number, words(known.committed()), words(known.pending()), seconds(frames));
    }

    /**
     * Ends the utterance; the result is empty if nothing was said.
     *
     * @param latest second at which the samples end; no time is later
     */
    Optional<StreamEvent.Final> finish(int number, Endpoint reason, @Nullable Rescorer secondPass, double latest) {
        List<Hypothesis> nbest = firstPass.finish();
        if (secondPass != null && encoder != null && frames > 0) {
            nbest = secondPass.rescore(nbest, encoder.first(frames), frames);
        }
        Hypothesis best = nbest.get(0);
        if (best.words().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new StreamEvent.Final(
                number,
                fromStart(words(best.words())).stream()
                        .map(w -> upTo(w, latest))
                        .toList(),
                seconds(0),
                Math.min(seconds(frames), latest),
                best.score(),
                reason,
                nbest.stream().map(Hypothesis::text).toList()));
    }

    private List<Word> words(List<WordSpan> words) {
        return words.stream()
                .map(w -> new Word(
                        w.text(), seconds(w.startFrame()), seconds(w.endFrame()), w.confidence(), w.attached()))
                .toList();
    }

    /** Returns the words without anything before the first word, because a new utterance begins with it. */
    private static List<Word> fromStart(List<Word> words) {
        List<Word> all = new ArrayList<>(words);
        Word first = all.get(0);
        all.set(0, new Word(first.text(), first.start(), first.end(), first.confidence()));
        return all;
    }

    private static Word upTo(Word word, double latest) {
        return word.end() <= latest
                ? word
                : new Word(word.text(), Math.min(word.start(), latest), latest, word.confidence(), word.attached());
    }

    private double seconds(int frame) {
        return (firstFrame + frame) * frameSeconds;
    }
}
