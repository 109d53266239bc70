package org.quantvoice.bench.live;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.bench.live.SpeechStream.Result;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.TranscriptStreams;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.stream.StreamOptions;

/**
 * Runs endless streams of the test set's speech, with chunks of 16 frames, 4 chunks of left context and both passes. It
 * has two modes:
 *
 * <pre>
 * LiveLoad MODEL cost STREAMS SECONDS [QV]     CPU time of a second of speech, each stream as fast as it can on one thread
 * LiveLoad MODEL load STREAMS SECONDS [QV]     at the speed of speech: how late partial results come
 * </pre>
 *
 * MODEL is a {@code .qv} file, or a folder with the ONNX files and QV that model's {@code .qv} file. The property {@code quantvoice.root} names the repository.
 */
public final class LiveLoad {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root", "."));
    private static final int CHUNK = 16;
    private static final int LEFT = 4;
    /** The number of threads that call the model, which is enough for chunks of several streams to meet. */
    private static final int CALLERS = 32;

    private static final int WARM_UP_SECONDS = 30;
    /**
     * The seconds in which the speakers begin one after the other. Their speech has no pauses, so each utterance ends
     * at the longest that the rules of endpoints allow; speakers who begin together would all need their second pass at
     * the same moment.
     */
    private static final double SPREAD_SECONDS = 20;
    /**
     * The seconds for which all must have spoken before results count. In this time Java compiles and programs of all
     * batch sizes are planned, which happens once in a server's life, and the streams catch up.
     */
    private static final double SETTLE_SECONDS = 25;

    /** The number of parts of the time whose lateness is printed, so that a drift shows. */
    private static final int PARTS = 5;

    private LiveLoad() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        StreamingModel model = open(file, args.length > 4 ? Path.of(args[4]) : file);
        int streams = Integer.parseInt(args[2]);
        double seconds = Double.parseDouble(args[3]);
        List<float[]> speech = speech();
        cost(model, speech, 2, WARM_UP_SECONDS);
        if (args[1].equals("cost")) {
            double each = cost(model, speech, streams, seconds);
            print("%s: %.5f s of CPU a second of speech, %d streams", args[0], each, streams);
        } else {
            List<Result> results = load(model, speech, streams, seconds);
            double[] late = late(results, 0, seconds);
            print(
                    "%s: %d streams, %d chunks, late by p50 %.1f ms, p99 %.1f ms, at most %.1f ms",
                    args[0], streams, late.length, quantile(late, 0.5), quantile(late, 0.99), quantile(late, 1));
            for (int i = 0; i < PARTS; i++) {
                double[] part = late(results, seconds * i / PARTS, seconds * (i + 1) / PARTS);
                print(
                        "  part %d of %d: p50 %.1f ms, p99 %.1f ms",
                        i + 1, PARTS, quantile(part, 0.5), quantile(part, 0.99));
            }
        }
        ((AutoCloseable) model).close();
        System.exit(0);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /**
     * Opens a model.
     *
     * @param stored a {@code .qv} file of the same model, which holds its constants
     */
    private static StreamingModel open(Path model, Path stored) throws Exception {
        StreamingModel own = (StreamingModel) new NativeEngine()
                .open(new ModelRequest(stored, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none()));
        if (model.equals(stored)) {
            return own;
        }
        StreamingModel onnx = new OnnxStreamingModel(model, own.constants());
        ((AutoCloseable) own).close();
        return onnx;
    }

    private static List<float[]> speech() {
        return AudioCorpus.tsv(ROOT.resolve("models/digits/test/test.tsv")).items().stream()
                .map(i -> AudioFiles.read(i.file()).samples())
                .toList();
    }

    private static SpeechStream stream(StreamingModel model, List<float[]> speech, int number) {
        StreamOptions options =
                StreamOptions.builder().chunkFrames(CHUNK).leftChunks(LEFT).build();
        return new SpeechStream(TranscriptStreams.cached(model, vocabulary(), 16_000, options), speech, number);
    }

    private static Vocabulary vocabulary() {
        try {
            JsonNode card = JsonReader.parse(Files.readAllBytes(ROOT.resolve("models/u2-digits/model/tokens.json")));
            List<String> tokens =
                    card.get("tokens").items().stream().map(JsonNode::string).toList();
            return new Vocabulary(tokens, 0, OptionalInt.of(1), false);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Returns the CPU seconds of all threads per second of speech. */
    private static double cost(StreamingModel model, List<float[]> speech, int streams, double seconds)
            throws InterruptedException, ExecutionException {
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(Math.min(CALLERS, streams));
        List<SpeechStream> all = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            all.add(stream(model, speech, i));
        }
        long before = cpu();
        List<Future<?>> done = new ArrayList<>();
        for (SpeechStream each : all) {
            done.add(threads.submit(() -> {
                for (double at = 0; at < seconds; at += SpeechStream.PIECE_SECONDS) {
                    each.speak();
                }
            }));
        }
        for (Future<?> each : done) {
            each.get();
        }
        double used = (cpu() - before) / 1e9;
        all.forEach(SpeechStream::close);
        threads.shutdown();
        return used / (seconds * streams);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static List<Result> load(StreamingModel model, List<float[]> speech, int streams, double seconds) {
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(CALLERS);
        List<SpeechStream> all = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            all.add(stream(model, speech, i));
        }
        // The clock starts when all streams are open, because opening hundreds takes seconds, which must not count as
        // lateness.
        long start = System.nanoTime() + 100_000_000L;
        long counted = start + (long) ((SPREAD_SECONDS + SETTLE_SECONDS) * 1e9);
        long end = counted + (long) (seconds * 1e9);
        for (int i = 0; i < streams; i++) {
            all.get(i).follow(threads, start + (long) (SPREAD_SECONDS * 1e9 * i / streams), counted, end);
        }
        for (SpeechStream each : all) {
            each.await();
        }
        threads.shutdown();
        List<Result> results = all.stream().flatMap(s -> s.results().stream()).toList();
        all.forEach(SpeechStream::close);
        return results;
    }

    /** Returns the lateness in milliseconds, ascending, of the chunks that came in a span of time. */
    private static double[] late(List<Result> results, double from, double to) {
        return results.stream()
                .filter(r -> r.at() >= from && r.at() < to)
                .mapToDouble(Result::late)
                .sorted()
                .toArray();
    }

    private static double quantile(double[] sorted, double q) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (q * sorted.length))];
    }
}
