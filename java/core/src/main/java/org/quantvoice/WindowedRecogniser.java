package org.quantvoice;

import java.util.List;
import org.quantvoice.decode.DecoderStream;
import org.quantvoice.decode.Partial;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.longform.LongFrames;
import org.quantvoice.internal.longform.WindowShape;
import org.quantvoice.internal.text.Scripts;

/** A model that is not causal: windows, joined, and one decoder over all of them. */
final class WindowedRecogniser implements Recogniser {
    private final Transcriber transcriber;
    private final Words words;
    private final boolean marked;
    private final DecoderStream decoder;
    private final LongFrames frames;
    private int decoded;
    private int looked;
    private double settled;

    WindowedRecogniser(AcousticModel model, Transcriber transcriber, LongAudio options, Words words) {
        this.transcriber = transcriber;
        this.words = words;
        ModelCard card = transcriber.card();
        marked = marksWords(card.vocabulary());
        decoder = transcriber.decoder().begin();
        frames = frames(model, card, options, this::decode);
    }

    private static boolean marksWords(Vocabulary vocabulary) {
        return vocabulary.delimiter().isPresent()
                || vocabulary.wordPiece()
                || vocabulary.tokens().stream().anyMatch(t -> !t.isEmpty() && Scripts.unspaced(t.codePointAt(0)));
    }

    static LongFrames frames(
            AcousticModel model, ModelCard card, LongAudio options, java.util.function.Consumer<LogProbs> sink) {
        int hop = card.frameHop();
        double rate = (double) card.sampleRate() / hop;
        WindowShape shape = new WindowShape(
                hop,
                Math.max(0, card.frameWindow() - hop),
                card.minSamples(),
                Math.max(3, (int) Math.round(options.window() * rate)),
                (int) Math.round(options.overlap() * rate),
                options.cutAtPauses());
        return new LongFrames(
                shape,
                card.vocabulary(),
                card.sampleRate(),
                options.voiceActivity(),
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

    /** Tells what is certain. A vocabulary that marks no words has none before the end. */
    private void look() {
        looked = decoded;
        if (!marked) {
            return;
        }
        decoder.takeCommitted().forEach(w -> words.word(transcriber.word(w, Double.POSITIVE_INFINITY)));
        Partial partial = decoder.partial();
        int open =
                partial.pending().isEmpty() ? decoded : partial.pending().get(0).startFrame();
        settled = transcriber.card().seconds(open);
    }

    @Override
    public double settled() {
        return settled;
    }

    @Override
    public double position() {
        return transcriber.card().seconds(decoded);
    }

    @Override
    public List<Transcript.Alternative> finish(double audioSeconds) {
        frames.finish();
        return transcriber.readings(decoder, audioSeconds);
    }

    @Override
    public void close() {
        frames.close();
    }
}
