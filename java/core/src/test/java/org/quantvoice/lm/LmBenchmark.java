package org.quantvoice.lm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Word queries a CPU second in running text, one thread. Arguments: a text file (a sentence a line) or a folder of decoder cases'
 * scores, then model files; without any, the project's 3-gram in its three forms. {@code -Dquantvoice.lm.mapped=true} leaves
 * binary files mapped. A form a JVM: after a second one the compiler's guesses are worse.
 */
public final class LmBenchmark {
    private static final int RUNS = 25;
    private static final int QUERIES_A_RUN = 2_000_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private LmBenchmark() {}

    public static void main(String[] args) throws IOException {
        Path text =
                args.length > 0 ? Path.of(args[0]) : ReferenceScores.DECODER.resolve("cases/kenlm/scores_kjv3.jsonl");
        List<String> sentences = text.toString().endsWith(".jsonl")
                ? ReferenceScores.sentences(text).stream()
                        .map((JsonNode s) -> s.get("s").asText())
                        .toList()
                : Files.readAllLines(text);
        Path lm = ReferenceScores.DECODER.resolve("lm");
        List<Path> models = args.length > 1
                ? Arrays.stream(args).skip(1).map(Path::of).toList()
                : List.of(lm.resolve("kjv3.arpa"), lm.resolve("kjv3.probing.bin"), lm.resolve("kjv3.trie.bin"));
        long tableBytes = Boolean.getBoolean("quantvoice.lm.mapped") ? 0 : Long.MAX_VALUE;
        for (Path path : models) {
            try (LanguageModel model = LanguageModel.open(path, tableBytes)) {
                measure(model, sentences, path.getFileName() + (tableBytes == 0 ? " mapped" : " unpacked"));
            }
        }
    }

    private static void measure(LanguageModel model, List<String> sentences, String name) {
        List<int[]> ids = new ArrayList<>();
        int words = 0;
        for (String sentence : sentences) {
            int[] line = Arrays.stream((sentence + " </s>").trim().split("\\s+"))
                    .mapToInt(model::wordId)
                    .toArray();
            ids.add(line);
            words += line.length;
        }
        int[][] queries = ids.toArray(int[][]::new);
        int repeats = Math.max(1, QUERIES_A_RUN / words);
        double[] rates = new double[RUNS];
        double sum = 0;
        for (int run = 0; run < RUNS; run++) {
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < repeats; i++) {
                sum += pass(model, queries);
            }
            rates[run] = (double) repeats * words / (THREADS.getCurrentThreadCpuTime() - start) * 1e3;
        }
        Arrays.sort(rates);
        System.out.printf(
                "%-40s median %6.2f  best %6.2f M words/s  (%d words, sum %.3f)%n",
                name, rates[RUNS / 2], rates[RUNS - 1], words, sum / RUNS / repeats);
    }

    private static double pass(LanguageModel model, int[][] sentences) {
        LmState state = new LmState();
        LmState next = new LmState();
        double sum = 0;
        for (int[] sentence : sentences) {
            model.beginState(state);
            for (int word : sentence) {
                sum += model.score(state, word, next);
                LmState swap = state;
                state = next;
                next = swap;
            }
        }
        return sum;
    }
}
