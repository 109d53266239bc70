package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Long streams, faster than real time: an hour of silence; an hour of speech and 20 streams of 10 minutes with {@code
 * -Dquantvoice.sweep=true}, a few minutes by default. Looped speech must give the same words in each loop, and times that go
 * on; in the sweep memory must stay flat too.
 */
final class U2SoakTest {
    private static final Logger LOG = LoggerFactory.getLogger(U2SoakTest.class);
    private static final boolean SWEEP = Boolean.getBoolean("quantvoice.sweep");
    private static final int RATE = U2Fixture.SAMPLE_RATE;
    private static AcousticModel model;

    @BeforeAll
    static void open() {
        QuantRecipe recipe =
                new QuantRecipe(List.of(), List.of("encoder", "ctc", "decoder"), ActivationObserver.HISTOGRAM, true);
        model = new NativeEngine()
                .open(new ModelRequest(
                        U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"),
                        Optional.of(recipe),
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Utterances with pauses that end them: one loop, a whole number of chunks of 16 frames long. */
    private static float[] loop() {
        List<String> ids = List.of("test-nicolas-17", "test-theo-04", "test-nicolas-17");
        int pause = 2 * RATE;
        int length = 0;
        List<float[]> parts = new ArrayList<>();
        for (String id : ids) {
            float[] samples = U2Fixture.samples(id);
            parts.add(samples);
            length += samples.length + pause;
        }
        int chunk = 16 * 640;
        float[] all = new float[(length + chunk - 1) / chunk * chunk];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length + pause;
        }
        return all;
    }

    private static TranscriptStream stream() {
        return U2Fixture.stream(
                (StreamingModel) model,
                StreamOptions.builder().chunkFrames(16).leftChunks(4).build());
    }

    /** Of an utterance, no more than is compared: an hour's n-best lists would look like a leak. */
    private record Said(String text, double end) {}

    /** What one stream says of so many loops. */
    private static List<Said> hear(float[] loop, int loops, List<Long> memory) {
        List<Said> finals = new ArrayList<>();
        try (TranscriptStream stream = stream()) {
            stream.onEvent(event -> {
                if (event instanceof StreamEvent.Final last) {
                    finals.add(new Said(last.text().intern(), last.end()));
                }
            });
            for (int i = 0; i < loops; i++) {
                for (int at = 0; at < loop.length; at += 1600) {
                    stream.accept(Arrays.copyOfRange(loop, at, Math.min(loop.length, at + 1600)));
                }
                if (SWEEP && i % (1 + loops / 20) == 0) {
                    memory.add(residentBytes());
                }
            }
            stream.finish();
        }
        return finals;
    }

    /** Of native code, and of Java what is in use: the heap's size is the collector's affair. */
    private static long residentBytes() {
        System.gc();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        try {
            return heap.getUsed()
                    - heap.getCommitted()
                    + Files.readAllLines(Path.of("/proc/self/status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertLoops(List<Said> finals, double loopSeconds, int loops) {
        int each = finals.size() / loops;
        assertThat(each).as("utterances a loop").isEqualTo(3);
        assertThat(finals).hasSize(each * loops);
        for (int i = each; i < finals.size(); i++) {
            Said before = finals.get(i - each);
            Said now = finals.get(i);
            assertThat(now.text()).as("utterance %d", i).isEqualTo(before.text());
            assertThat(now.end() - before.end()).as("time of utterance %d", i).isCloseTo(loopSeconds, withinAChunk());
        }
    }

    private static org.assertj.core.data.Offset<Double> withinAChunk() {
        return org.assertj.core.data.Offset.offset(0.64);
    }

    @Test
    void aLongStreamIsHeardAlikeToItsEnd() {
        float[] loop = loop();
        double seconds = (double) loop.length / RATE;
        int loops = (int) ((SWEEP ? 3600 : 60) / seconds);
        List<Long> memory = new ArrayList<>();
        long start = System.nanoTime();
        List<Said> finals = hear(loop, loops, memory);
        LOG.info(
                "{} s of speech in {} s, {} utterances; resident KiB {}",
                (int) (loops * seconds),
                (System.nanoTime() - start) / 1_000_000_000L,
                finals.size(),
                memory.stream().map(b -> b >> 10).toList());
        assertLoops(finals, seconds, loops);
        assertFlat(memory, finals.size(), 0);
    }

    /**
     * From the second quarter to the last, since programs are made and kept at first.
     *
     * @param once bytes that may come at once: working memory of a larger batch, when there is one for the first time
     */
    private static void assertFlat(List<Long> memory, int utterances, long once) {
        if (SWEEP) {
            int quarter = memory.size() / 4;
            long growth = least(memory, 3 * quarter, memory.size()) - least(memory, quarter, 2 * quarter);
            assertThat((growth - once) / (utterances / 2.0))
                    .as("bytes an utterance")
                    .isLessThanOrEqualTo(1024);
        }
    }

    private static long least(List<Long> values, int from, int to) {
        return values.subList(from, to).stream()
                .mapToLong(Long::longValue)
                .min()
                .orElseThrow();
    }

    @Test
    void manyLongStreamsAreHeardAlike() {
        float[] loop = loop();
        double seconds = (double) loop.length / RATE;
        int streams = SWEEP ? 20 : 4;
        int loops = Math.max(2, (int) ((SWEEP ? 600 : 30) / seconds));
        List<List<Long>> memory = IntStream.range(0, streams)
                .<List<Long>>mapToObj(i -> new ArrayList<>())
                .toList();
        List<CompletableFuture<List<Said>>> all = IntStream.range(0, streams)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> hear(loop, loops, memory.get(i)), task -> new Thread(task).start()))
                .toList();
        int utterances = 0;
        for (CompletableFuture<List<Said>> each : all) {
            assertLoops(each.join(), seconds, loops);
            utterances += each.join().size();
        }
        LOG.info(
                "{} streams of {} s; resident KiB {}",
                streams,
                (int) (loops * seconds),
                memory.get(0).stream().map(b -> b >> 10).toList());
        assertFlat(memory.get(0), utterances, 16 << 20);
    }

    @Test
    void anHourOfSilenceIsNoUtterance() {
        float[] second = new float[RATE];
        try (TranscriptStream stream = stream()) {
            List<StreamEvent> finals = new ArrayList<>();
            stream.onEvent(event -> {
                if (event instanceof StreamEvent.Final) {
                    finals.add(event);
                }
            });
            for (int i = 0; i < 3600; i++) {
                stream.accept(second);
            }
            assertThat(stream.partial().end()).isBetween(3598.0, 3600.0);
            assertThat(stream.finish()).isEmpty();
            assertThat(finals).isEmpty();
        }
    }
}
