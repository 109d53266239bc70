package org.quantvoice.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.engine.Progress;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/** Measures the error rate and the speed of recognising a corpus live, each utterance as one stream. */
final class LiveEvaluation {
    private static final int PIECES_A_SECOND = 10;

    private final ErrorRate words = ErrorRate.words();
    private final List<Double> latencies = new ArrayList<>();
    private double audioSeconds;
    private double seconds;

    static LiveEvaluation of(QuantSession session, LiveOptions options, AudioCorpus corpus, Progress progress) {
        new LiveEvaluation()
                .hear(session, options, corpus.limit(Math.min(10, corpus.items().size())), Progress.none());
        LiveEvaluation result = new LiveEvaluation();
        result.hear(session, options, corpus, progress);
        return result;
    }

    private void hear(QuantSession session, LiveOptions options, AudioCorpus corpus, Progress progress) {
        List<AudioCorpus.Item> items = corpus.items();
        for (int i = 0; i < items.size(); i++) {
            progress.report("listening", i, items.size());
            float[] samples = Resampler.resample(AudioFiles.read(items.get(i).file()), session.sampleRate())
                    .samples();
            words.add(items.get(i).text(), hear(session, options, samples));
            audioSeconds += (double) samples.length / session.sampleRate();
        }
        progress.report("listening", items.size(), items.size());
    }

    private String hear(QuantSession session, LiveOptions options, float[] samples) {
        List<String> said = new ArrayList<>();
        boolean[] told = new boolean[1];
        try (TranscriptStream stream = options.open(session)) {
            stream.onEvent(event -> {
                told[0] = true;
                if (event instanceof StreamEvent.Final) {
                    said.add(event.text());
                }
            });
            int piece = session.sampleRate() / PIECES_A_SECOND;
            for (int at = 0; at < samples.length; at += piece) {
                told[0] = false;
                long start = System.nanoTime();
                stream.accept(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)));
                took(System.nanoTime() - start, told[0]);
            }
            long start = System.nanoTime();
            stream.finish();
            took(System.nanoTime() - start, false);
        }
        return String.join(" ", said);
    }

    private void took(long nanos, boolean chunk) {
        seconds += nanos / 1e9;
        if (chunk) {
            latencies.add(nanos / 1e9);
        }
    }

    ErrorRate words() {
        return words;
    }

    double audioSeconds() {
        return audioSeconds;
    }

    /** Returns the real-time factor of the whole: features, both passes, and decoding. */
    double realTimeFactor() {
        return seconds / audioSeconds;
    }

    /** Returns a quantile of the seconds from the samples that end a chunk to its partial result. */
    double latency(double quantile) {
        double[] sorted =
                latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length))];
    }

    void addTo(Map<String, @Nullable Object> map) {
        map.put("wer", words.percent());
        map.put("utterances", words.utterances());
        map.put("words", words.referenceLength());
        map.put("audioSeconds", audioSeconds);
        map.put("rtf", realTimeFactor());
        map.put("chunkSecondsP50", latency(0.5));
        map.put("chunkSecondsP99", latency(0.99));
    }
}
