package org.quantvoice;

import java.util.List;
import org.quantvoice.stream.SpokenWord;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/** A model with caches: its live stream, as fast as it goes. */
final class StreamedRecogniser implements Recogniser {
    private final TranscriptStream stream;
    private final int sampleRate;
    private final Words words;
    private long samples;
    private double settled;
    private double score;

    StreamedRecogniser(TranscriptStream stream, int sampleRate, Words words) {
        this.stream = stream;
        this.sampleRate = sampleRate;
        this.words = words;
        stream.onEvent(this::event);
    }

    private void event(StreamEvent event) {
        if (event instanceof StreamEvent.Final last) {
            last.words().forEach(w -> words.word(word(w)));
            score += last.score();
            settled = last.end();
        } else if (event.text().isEmpty() && event instanceof StreamEvent.Partial partial) {
            settled = partial.end();
        }
    }

    private static Transcript.Word word(SpokenWord word) {
        return new Transcript.Word(word.text(), word.start(), word.end(), word.confidence(), word.attached());
    }

    @Override
    public void accept(float[] more) {
        stream.accept(more);
        samples += more.length;
    }

    @Override
    public double settled() {
        return settled;
    }

    @Override
    public double position() {
        return (double) samples / sampleRate;
    }

    @Override
    public List<Transcript.Alternative> finish(double audioSeconds) {
        stream.finish();
        return List.of(new Transcript.Alternative("", List.of(), score));
    }

    @Override
    public void close() {
        stream.close();
    }
}
