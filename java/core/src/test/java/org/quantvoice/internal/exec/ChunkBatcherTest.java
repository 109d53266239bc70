package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quantvoice.internal.live.EncodedFrames;

/** Which chunks run together, and who hears of a failure, with an encoder that waits and fails when told to. */
public final class ChunkBatcherTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final float POISON = -1;

    private final List<Integer> sizes = new CopyOnWriteArrayList<>();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger encoded = new AtomicInteger();
    private final List<ChunkCaches> caches = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void close() {
        caches.forEach(ChunkCaches::close);
    }

    /** One frame a chunk, twice its number; the first run waits. */
    private float[] encode(List<Chunk> batch) {
        sizes.add(batch.size());
        inside.countDown();
        await(goOn);
        float[] out = new float[batch.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = 2 * batch.get(i).features()[0];
            if (batch.get(i).features()[0] == POISON) {
                throw new IllegalArgumentException("poison");
            }
        }
        encoded.addAndGet(out.length);
        return out;
    }

    private static float[] rows(int frames, float[] encoded) {
        return encoded.clone();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Chunk chunk(float value, int frames) {
        ChunkCaches own = new ChunkCaches(1, 1, 0, 0);
        caches.add(own);
        return new Chunk(new float[] {value}, frames, own);
    }

    private CompletableFuture<EncodedFrames> later(ChunkBatcher batcher, Chunk chunk) {
        return CompletableFuture.supplyAsync(() -> batcher.encode(chunk), task -> {
            Thread thread = new Thread(task, "caller");
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        });
    }

    /** Starts a run that waits, lets the others queue up in order behind it, and lets go. */
    private List<CompletableFuture<EncodedFrames>> queueUp(ChunkBatcher batcher, List<Chunk> chunks) throws Exception {
        List<CompletableFuture<EncodedFrames>> all = new ArrayList<>();
        all.add(later(batcher, chunk(0, 1)));
        await(inside);
        for (Chunk chunk : chunks) {
            all.add(later(batcher, chunk));
            Thread caller = threads.get(threads.size() - 1);
            for (int i = 0; caller.getState() != Thread.State.WAITING && i < 100 * PATIENCE_SECONDS; i++) {
                Thread.sleep(10);
            }
            assertThat(caller.getState()).isEqualTo(Thread.State.WAITING);
        }
        goOn.countDown();
        return all;
    }

    private static EncodedFrames get(CompletableFuture<EncodedFrames> result) throws Exception {
        return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void chunksThatWaitRunTogetherIfTheirShapesAgree() throws Exception {
        ChunkBatcher batcher = new ChunkBatcher(this::encode, ChunkBatcherTest::rows, 1, 1);
        List<Chunk> chunks = new ArrayList<>();
        for (int i = 1; i <= 13; i++) {
            chunks.add(chunk(i, i == 2 ? 7 : 16)); // the second has a length of its own
        }
        List<CompletableFuture<EncodedFrames>> all = queueUp(batcher, chunks);
        for (int i = 0; i < all.size(); i++) {
            assertThat(get(all.get(i)).encoder()).as("chunk %d", i).containsExactly(2f * i);
            assertThat(get(all.get(i)).logProbs().data()).as("chunk %d", i).containsExactly(2f * i);
        }
        // 12 of 16 frames wait, then 8 of them run, then the odd one, then the last 4
        assertThat(sizes).containsExactly(1, 8, 1, 4);
        assertThat(batcher.largest()).isEqualTo(8);
    }

    @Test
    void onlyTheStreamThatIsToBlameFails() throws Exception {
        ChunkBatcher batcher = new ChunkBatcher(this::encode, ChunkBatcherTest::rows, 1, 1);
        List<CompletableFuture<EncodedFrames>> all =
                queueUp(batcher, List.of(chunk(1, 16), chunk(2, 16), chunk(POISON, 16), chunk(4, 16)));
        assertThat(get(all.get(1)).encoder()).containsExactly(2f);
        assertThat(get(all.get(2)).encoder()).containsExactly(4f);
        assertThatThrownBy(() -> get(all.get(3))).hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThat(get(all.get(4)).encoder()).containsExactly(8f);
        assertThat(sizes).containsExactly(1, 4, 1, 1, 1, 1);
        assertThat(encoded).as("chunks that were put into caches").hasValue(4);
    }

    @Test
    void anErrorWakesAllThatWaitForTheRun() throws Exception {
        ChunkBatcher batcher = new ChunkBatcher(
                batch -> {
                    float[] out = encode(batch);
                    if (batch.size() > 1) {
                        throw new OutOfMemoryError("as if");
                    }
                    return out;
                },
                ChunkBatcherTest::rows,
                1,
                1);
        List<CompletableFuture<EncodedFrames>> all = queueUp(batcher, List.of(chunk(1, 16), chunk(2, 16)));
        assertThat(get(all.get(0)).encoder()).containsExactly(0f);
        for (CompletableFuture<EncodedFrames> result : all.subList(1, 3)) {
            assertThatThrownBy(() -> get(result)).hasRootCauseInstanceOf(OutOfMemoryError.class);
        }
        assertThat(batcher.encode(chunk(5, 16)).encoder()).containsExactly(10f);
    }

    @Test
    void aFailureBehindTheEncoderEncodesNothingTwice() throws Exception {
        ChunkBatcher batcher = new ChunkBatcher(
                this::encode,
                (frames, rows) -> {
                    if (frames > 1) {
                        throw new IllegalStateException("no memory for the head");
                    }
                    return rows(frames, rows);
                },
                1,
                1);
        List<CompletableFuture<EncodedFrames>> all = queueUp(batcher, List.of(chunk(1, 16), chunk(2, 16)));
        assertThat(get(all.get(0)).encoder()).containsExactly(0f);
        for (CompletableFuture<EncodedFrames> result : all.subList(1, 3)) {
            assertThatThrownBy(() -> get(result)).hasRootCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(encoded).hasValue(3);
        assertThat(batcher.encode(chunk(5, 16)).encoder()).containsExactly(10f);
    }
}
