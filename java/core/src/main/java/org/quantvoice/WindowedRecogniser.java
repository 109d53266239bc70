package org.quantvoice;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.DecoderStream;
import org.quantvoice.decode.Hypothesis;
import org.quantvoice.decode.Partial;
import org.quantvoice.decode.Word;
import org.quantvoice.decode.WordSpan;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.longform.LongFrames;
import org.quantvoice.internal.longform.PartSpans;
import org.quantvoice.internal.longform.WindowShape;
import org.quantvoice.internal.text.WordText;

/**
 * Recognises with a model that is not causal: frames of windows are joined, and one decoder runs over all of them.
 */
final class WindowedRecogniser implements Recogniser {
    private final Transcriber transcriber;
    private final Words words;
    private final boolean marked;
    private final boolean whole;
    private final PartSpans part;
    private final DecoderStream decoder;
    private final LongFrames frames;
    private int decoded;
    private int looked;
    private double settled;

    /** @param part part of the recording; null for all of it */
    WindowedRecogniser(
            AcousticModel model,
            Transcriber transcriber,
            LongAudio options,
            @Nullable RecordingPart part,
            Words words) {
        this.transcriber = transcriber;
        this.words = words;
        whole = part == null;
        this.part = part == null ? PartSpans.all() : part.spans(transcriber.card());
        ModelCard card = transcriber.card();
        marked = card.vocabulary().marksWords();
        decoder = transcriber.decoder().begin();
        frames = frames(model, card, options, this.part, this::decode);
    }

    static LongFrames frames(
            AcousticModel model, ModelCard card, LongAudio options, PartSpans part, Consumer<LogProbs> sink) {
        int hop = card.frameHop();
        double rate = (double) card.sampleRate() / hop;
        WindowShape shape = new WindowShape(
                hop,
                Math.max(0, card.frameWindow() - hop),
                card.minSamples(),
                Math.max(3, (int) Math.round(options.window() * rate)),
                (int) Math.round(options.overlap() * rate),
                options.cutAtPauses(),
                (int) Math.round(LeadingSilence.keptBy(model) * rate));
        return new LongFrames(
                shape,
                card.vocabulary(),
                card.sampleRate(),
                options.voiceActivity(),
                part,
                samples -> {
                    LogProbs rows = model.run(samples);
                    ModelFit.checkVocabulary(rows.vocabulary(), card.vocabulary());
                    return rows;
                },
                options.parallel(),
                sink);
    }

    private void decode(LogProbs rows) {
        decoder.accept(rows);
        decoded += rows.frames();
    }

    @Override
    public void accept(float[] samples) {
        frames.accept(samples);
        if (decoded > looked) {
            look();
        }
    }

    /** Passes on the words that are final. With a vocabulary that marks no words there are none before the end. */
    private void look() {
        looked = decoded;
        if (!marked) {
            return;
        }
        decoder.takeCommitted().stream()
                .map(this::placed)
                .filter(this::isWanted)
                .forEach(w -> words.word(transcriber.word(w, Double.POSITIVE_INFINITY)));
        Partial partial = decoder.partial();
        int open =
                partial.pending().isEmpty() ? decoded : partial.pending().get(0).startFrame();
        settled = transcriber.card().seconds(Math.toIntExact(part.first() + open));
    }

    @Override
    public double settled() {
        return settled;
    }

    /**
     * Returns the word with the frames of the recording, since the decoder counts frames from {@link
     * PartSpans#first()} on.
     */
    private WordSpan placed(WordSpan w) {
        int base = Math.toIntExact(part.first());
        return base == 0
                ? w
                : new WordSpan(w.text(), base + w.startFrame(), base + w.endFrame(), w.confidence(), w.attached());
    }

    private boolean isWanted(WordSpan w) {
        return w.startFrame() >= part.from() && w.startFrame() < part.to();
    }

    @Override
    public boolean isDone() {
        return part.to() < Long.MAX_VALUE && settled >= transcriber.card().seconds(Math.toIntExact(part.to()));
    }

    @Override
    public double position() {
        return transcriber.card().seconds(Math.toIntExact(part.first() + decoded));
    }

    @Override
    public List<Transcript.Alternative> finish(double audioSeconds) {
        if (isDone()) {
            return List.of(new Transcript.Alternative("", List.of(), 0));
        }
        frames.finish();
        return whole
                ? transcriber.readings(decoder, audioSeconds)
                : List.of(wanted(decoder.finish().get(0), audioSeconds));
    }

    private Transcript.Alternative wanted(Hypothesis reading, double audioSeconds) {
        List<Word> wanted = reading.words().stream()
                .map(this::placed)
                .filter(this::isWanted)
                .map(w -> transcriber.word(w, audioSeconds))
                .toList();
        String text = WordText.join(wanted.stream(), Word::text, Word::attached);
        return new Transcript.Alternative(text, wanted, reading.score());
    }

    @Override
    public void close() {
        frames.close();
    }
}
