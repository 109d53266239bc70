package org.quantvoice.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quantvoice.decode.Decoder;
import org.quantvoice.engine.LogProbs;

/**
 * Prints the frames per CPU second of one thread and the word error rate, for all settings or those named. Unlike wall
 * time, CPU time can be compared with the peers' on a machine that others use too. The best of all rounds counts.
 */
public final class DecoderSpeed {
    private static final long ROUND_NANOS = 300_000_000L;
    private static final int ROUNDS = 12;

    private DecoderSpeed() {}

    public static void main(String[] names) throws IOException {
        Bench50 bench = new Bench50();
        for (DecoderSetting setting : DecoderSetting.values()) {
            if (names.length == 0 || List.of(names).contains(setting.name())) {
                report(setting, bench);
            }
        }
    }

    private static void report(DecoderSetting setting, Bench50 bench) {
        Decoder decoder = setting.decoder(bench.vocabulary);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<String> texts = List.of();
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = threads.getCurrentThreadCpuTime();
            long frames = 0;
            long spent = 0;
            while (spent < ROUND_NANOS) {
                texts = decodeAll(decoder, bench);
                frames += Bench50.FRAMES;
                spent = threads.getCurrentThreadCpuTime() - begin;
            }
            best = Math.max(best, frames * 1e9 / spent);
        }
        System.out.printf(
                Locale.ROOT, "%-20s %,14.0f frames/CPU-s   WER %.2f%n", setting, best, bench.wordErrorRate(texts));
    }

    private static List<String> decodeAll(Decoder decoder, Bench50 bench) {
        List<String> texts = new ArrayList<>(bench.utterances.size());
        for (LogProbs utterance : bench.utterances) {
            texts.add(decoder.decode(utterance).text());
        }
        return texts;
    }
}
