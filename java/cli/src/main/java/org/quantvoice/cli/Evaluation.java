package org.quantvoice.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.engine.Progress;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.quant.QuantReport;

/**
 * The error rates and the speed of a session on a corpus.
 *
 * @param words word errors
 * @param characters character errors
 * @param speed of the model alone, and of reading, resampling, model and decoding together; the fastest of several runs
 *     of an utterance counts
 * @param modelBytes size of the model as it would be saved
 * @param info the model and the engine that ran it
 */
record Evaluation(ErrorRate words, ErrorRate characters, RealTimeFactor speed, long modelBytes, ModelInfo info) {
    private static final int WARM_UP = 10;

    /**
     * Transcribes every utterance.
     *
     * @param runs how often each is timed
     */
    static Evaluation of(QuantSession session, AudioCorpus corpus, int runs, Progress progress) {
        ErrorRate words = ErrorRate.words();
        ErrorRate characters = ErrorRate.characters();
        RealTimeFactor speed = new RealTimeFactor();
        List<AudioCorpus.Item> items = corpus.items();
        warmUp(session, items.get(0));
        for (int i = 0; i < items.size(); i++) {
            progress.report("transcribing", i, items.size());
            String text = transcribe(session, items.get(i), runs, speed);
            words.add(items.get(i).text(), text);
            characters.add(items.get(i).text(), text);
        }
        progress.report("transcribing", items.size(), items.size());
        ModelInfo info = session.info();
        long bytes = session.report().map(QuantReport::bytesAfter).orElse(info.modelBytes());
        return new Evaluation(words, characters, speed, bytes, info);
    }

    private static void warmUp(QuantSession session, AudioCorpus.Item item) {
        Audio audio = AudioFiles.read(item.file());
        for (int i = 0; i < WARM_UP; i++) {
            session.transcribe(audio);
        }
    }

    private static String transcribe(QuantSession session, AudioCorpus.Item item, int runs, RealTimeFactor speed) {
        String text = "";
        double seconds = 0;
        double encoder = Double.POSITIVE_INFINITY;
        double rest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            Audio audio = Resampler.resample(AudioFiles.read(item.file()), session.sampleRate());
            long ready = System.nanoTime();
            LogProbs logProbs = session.logProbs(audio);
            long encoded = System.nanoTime();
            Transcript transcript = session.decode(logProbs, audio.seconds());
            long done = System.nanoTime();
            encoder = Math.min(encoder, (encoded - ready) / 1e9);
            rest = Math.min(rest, (ready - start + done - encoded) / 1e9);
            text = transcript.text();
            seconds = audio.seconds();
        }
        speed.add(seconds, encoder, encoder + rest);
        return text;
    }

    /** Adds the results to a document; the keys are a contract: see docs/cli.md. */
    void addTo(Map<String, @Nullable Object> map) {
        map.put("wer", rounded(words.percent()));
        map.put("cer", rounded(characters.percent()));
        map.put("utterances", words.utterances());
        map.put("words", words.referenceLength());
        map.put("substitutions", words.substitutions());
        map.put("deletions", words.deletions());
        map.put("insertions", words.insertions());
        map.put("wrongUtterances", words.wrongUtterances());
        map.put("audioSeconds", rounded(speed.audioSeconds()));
        map.put("encoderSeconds", speed.encoderSeconds());
        map.put("rtf", speed.encoder());
        map.put("totalSeconds", speed.totalSeconds());
        map.put("rtfTotal", speed.whole());
        map.put("modelBytes", modelBytes);
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
