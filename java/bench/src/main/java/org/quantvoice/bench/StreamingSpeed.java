package org.quantvoice.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.internal.features.Fbank;

/**
 * Prints real-time factors of the streaming encoder with its CTC head, and the times of chunks, on one thread. It
 * measures libtorch, ONNX Runtime on files that were exported here (in int8 with the linear layers of {@code
 * quantize_dynamic}, or convolutions too), and the native engine, each in float and dynamic int8. The engines take
 * turns over the same utterances, and the best round of each counts, so that other load of the machine affects all of
 * them alike. The arguments are utterances (40), rounds (5), chunk (16), and left context in chunks (-1: all).
 */
public final class StreamingSpeed {
    static final String MODEL = "u2-digits";
    private static final int RATE = 16_000;
    private static final int BINS = 80;
    private static final int SUBSAMPLING = 4;
    private static final int OVERLAP = 3;
    private static final int SHORTEST = 7;

    private final List<float[]> features = new ArrayList<>();
    private final int chunk;
    private double audioSeconds;

    private StreamingSpeed(int utterances, int chunk) {
        this.chunk = chunk;
        Path corpus = Path.of(System.getProperty("quantvoice.root"), "models/digits/test/test.tsv");
        for (AudioCorpus.Item item : AudioCorpus.tsv(corpus).limit(utterances).items()) {
            Audio audio = AudioFiles.read(item.file());
            audioSeconds += audio.seconds();
            features.add(new Fbank(RATE, BINS).accept(audio.samples()));
        }
    }

    public static void main(String[] args) throws Exception {
        int[] numbers = {40, 5, 16, -1};
        for (int i = 0; i < args.length; i++) {
            numbers[i] = Integer.parseInt(args[i]);
        }
        Path folder = Files.createTempDirectory("streaming-speed");
        Map<String, ChunkEncoder> engines = new LinkedHashMap<>();
        try {
            open(engines, folder, numbers[2], numbers[3]);
            new StreamingSpeed(numbers[0], numbers[2]).run(engines, numbers[1]);
        } finally {
            for (ChunkEncoder engine : engines.values()) {
                engine.close();
            }
            delete(folder);
        }
    }

    private static void open(Map<String, ChunkEncoder> engines, Path folder, int chunk, int left) throws Exception {
        engines.put("libtorch float", new SessionEncoder(Engine.LIBTORCH, Int8Layers.NONE, chunk, left));
        engines.put("libtorch int8", new SessionEncoder(Engine.LIBTORCH, Int8Layers.ALL, chunk, left));
        engines.put("onnxruntime float", new OnnxEncoder(folder.resolve("float"), Int8Layers.NONE, chunk, left));
        engines.put("onnxruntime int8", new OnnxEncoder(folder.resolve("int8"), Int8Layers.LINEAR, chunk, left));
        engines.put("onnxruntime int8 all", new OnnxEncoder(folder.resolve("all"), Int8Layers.ALL, chunk, left));
        engines.put("native float", new SessionEncoder(Engine.NATIVE, Int8Layers.NONE, chunk, left));
        engines.put("native int8", new SessionEncoder(Engine.NATIVE, Int8Layers.ALL, chunk, left));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    /**
     * The times of a round, in seconds. CPU time is that of the whole process, and hardly grows on a busy machine.
     *
     * @param median time of a chunk
     * @param late 99th percentile of the time of a chunk
     */
    private record Cost(double wall, double cpu, double median, double late) {
        Cost least(Cost other) {
            return new Cost(
                    Math.min(wall, other.wall),
                    Math.min(cpu, other.cpu),
                    Math.min(median, other.median),
                    Math.min(late, other.late));
        }
    }

    private void run(Map<String, ChunkEncoder> engines, int rounds) throws Exception {
        Map<String, Cost> best = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, ChunkEncoder> engine : engines.entrySet()) {
                Cost cost = round(engine.getValue());
                if (round > 0) { // the first round warms up
                    best.merge(engine.getKey(), cost, Cost::least);
                }
            }
        }
        Cost first = best.values().iterator().next();
        System.out.printf(
                Locale.ROOT,
                "%-20s %9s %9s %9s %9s %9s %9s%n",
                "chunk " + chunk,
                "RTF",
                "times",
                "RTF, CPU",
                "times",
                "p50 ms",
                "p99 ms");
        best.forEach((name, cost) -> System.out.printf(
                Locale.ROOT,
                "%-20s %9.5f %8.2fx %9.5f %8.2fx %9.2f %9.2f%n",
                name,
                cost.wall / audioSeconds,
                first.wall / cost.wall,
                cost.cpu / audioSeconds,
                first.cpu / cost.cpu,
                1000 * cost.median,
                1000 * cost.late));
    }

    /** Encodes all utterances, each as a stream of its own. */
    private Cost round(ChunkEncoder engine) throws Exception {
        var process = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        List<Double> chunks = new ArrayList<>();
        long begin = System.nanoTime();
        long cpu = process.getProcessCpuTime();
        for (float[] utterance : features) {
            engine.reset();
            int frames = utterance.length / BINS;
            for (int at = 0; at + SHORTEST <= frames; at += SUBSAMPLING * chunk) {
                int count = Math.min(SUBSAMPLING * chunk + OVERLAP, frames - at);
                float[] window = Arrays.copyOfRange(utterance, at * BINS, (at + count) * BINS);
                long chunkBegin = System.nanoTime();
                if (engine.encode(window, count) < 1) {
                    throw new IllegalStateException("got no frame from " + count + " feature frames");
                }
                chunks.add((System.nanoTime() - chunkBegin) / 1e9);
            }
        }
        double wall = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = (process.getProcessCpuTime() - cpu) / 1e9;
        Collections.sort(chunks);
        return new Cost(
                wall, cpuSeconds, chunks.get(chunks.size() / 2), chunks.get((int) (0.99 * (chunks.size() - 1))));
    }
}
