package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.Batches;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;

/** What the native engine keeps of a stream, against libtorch and against itself with other streams at its side. */
final class U2StatesTest {
    private static final int BINS = 80;
    private static StreamingModel exact;
    private static StreamingModel int8;

    @BeforeAll
    static void open() {
        exact = open(Optional.empty());
        int8 = open(Optional.of(
                new QuantRecipe(List.of(), List.of("encoder", "ctc", "decoder"), ActivationObserver.HISTOGRAM, true)));
    }

    private static StreamingModel open(Optional<QuantRecipe> recipe) {
        return (StreamingModel) new NativeEngine()
                .open(new ModelRequest(
                        U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"),
                        recipe,
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    @AfterAll
    static void close() {
        ((AcousticModel) exact).close();
        ((AcousticModel) int8).close();
    }

    /** Chunks of an utterance, several times over, so that the caches slide, grow and are moved. */
    private static List<float[]> chunks(String id, int chunk, int repeats) {
        float[] once = U2Fixture.reference(id + ".feats");
        float[] features = new float[once.length * repeats];
        for (int i = 0; i < repeats; i++) {
            System.arraycopy(once, 0, features, i * once.length, once.length);
        }
        List<float[]> chunks = new ArrayList<>();
        int frames = features.length / BINS;
        for (int at = 0; at + 7 <= frames; at += 4 * chunk) {
            int count = Math.min(4 * chunk + 3, frames - at);
            chunks.add(Arrays.copyOfRange(features, at * BINS, (at + count) * BINS));
        }
        return chunks;
    }

    private static List<float[]> encode(StreamingState state, List<float[]> chunks) {
        return chunks.stream()
                .map(c -> state.encode(c, c.length / BINS))
                .map(EncodedFrames::encoder)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"16, -1", "16, 4", "16, 1", "16, 0", "8, 0", "5, 3", "1, 2", "16, 12", "25, -1"})
    void historiesOfAllSizesAreThoseOfLibtorch(int chunk, int left) {
        List<float[]> chunks = chunks("test-theo-04", chunk, 3);
        try (U2Model torch = U2Fixture.open();
                StreamingState expected = torch.open(chunk, left);
                StreamingState got = exact.open(chunk, left)) {
            assertClose(encode(got, chunks), encode(expected, chunks));
            got.reset();
            expected.reset();
            assertClose(encode(got, chunks.subList(0, 2)), encode(expected, chunks.subList(0, 2)));
        }
    }

    private static void assertClose(List<float[]> got, List<float[]> expected) {
        assertThat(got).hasSameSizeAs(expected);
        for (int c = 0; c < got.size(); c++) {
            for (int i = 0; i < got.get(c).length; i++) {
                assertThat((double) got.get(c)[i])
                        .as("value %d of chunk %d", i, c)
                        .isCloseTo(expected.get(c)[i], within(1e-4));
            }
        }
    }

    @Test
    void streamsThatRunTogetherGetWhatEachGetsAlone() {
        int streams = 24; // more than runs at a time, so that they meet in batches
        List<List<float[]>> inputs = IntStream.range(0, streams)
                .mapToObj(i -> chunks(i % 2 == 0 ? "test-theo-04" : "test-nicolas-17", 16, 1 + i % 3))
                .toList();
        List<List<float[]>> alone = inputs.stream().map(U2StatesTest::alone).toList();
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<List<float[]>>> together = inputs.stream()
                .map(chunks -> CompletableFuture.supplyAsync(
                        () -> {
                            await(start);
                            return alone(chunks);
                        },
                        task -> new Thread(task).start()))
                .toList();
        start.countDown();
        for (int s = 0; s < streams; s++) {
            List<float[]> got = together.get(s).join();
            for (int c = 0; c < got.size(); c++) {
                assertThat(got.get(c))
                        .as("chunk %d of stream %d", c, s)
                        .isEqualTo(alone.get(s).get(c));
            }
        }
        assertThat(Batches.largest(int8)).as("chunks in the largest batch").isGreaterThan(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<float[]> alone(List<float[]> chunks) {
        try (StreamingState state = int8.open(16, 4)) {
            return encode(state, chunks);
        }
    }

    @Test
    void aStreamThatIsClosedInTheMiddleSpoilsNoOther() throws Exception {
        List<float[]> chunks = chunks("test-theo-04", 16, 4);
        List<float[]> expected = alone(chunks);
        List<CompletableFuture<List<float[]>>> others = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> alone(chunks)))
                .toList();
        for (int i = 0; i < 20; i++) {
            StreamingState doomed = int8.open(16, 4);
            Thread closer = new Thread(doomed::close);
            closer.start();
            try {
                encode(doomed, chunks.subList(0, 3));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("closed");
            }
            closer.join();
        }
        for (CompletableFuture<List<float[]>> other : others) {
            List<float[]> got = other.join();
            for (int c = 0; c < got.size(); c++) {
                assertThat(got.get(c)).as("chunk %d", c).isEqualTo(expected.get(c));
            }
        }
    }
}
