package org.quantvoice.internal.exec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.live.EncodedFrames;

/**
 * Runs the chunks of several streams together when they are ready at the same time. The batcher has no threads of its
 * own and never holds a chunk back to wait for others: a caller whose chunk finds a free run computes at once; while
 * all runs are busy, chunks queue up, and the next run takes the oldest one and up to seven that can share a batch
 * with it. So with n chunks waiting a chunk is done after at most 1 + n / runs runs, whatever their shapes.
 */
public final class ChunkBatcher {
    private static final int LARGEST = 8;

    private final Function<List<Chunk>, float[]> encoder;
    private final CtcHead ctc;
    private final int width;
    private final int runs;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private int busy;
    private int largest;

    /** Turns encoder frames {@code [frames, width]} into log-probs {@code [frames, vocabulary]}. */
    interface CtcHead {
        float[] run(int frames, float[] encoded);
    }

    /**
     * @param encoder turns chunks that can share a batch into {@code [chunks, frames, width]} and adds their keys and
     *     frames to their caches; if it throws, the caches are as before
     * @param width of encoder frames
     * @param runs how many runs may be under way at a time, 1 or more
     */
    ChunkBatcher(Function<List<Chunk>, float[]> encoder, CtcHead ctc, int width, int runs) {
        this.encoder = encoder;
        this.ctc = ctc;
        this.width = width;
        this.runs = runs;
    }

    /** A chunk and the thread that waits for its result. */
    private static final class Request {
        private final Chunk chunk;
        private final Thread thread = Thread.currentThread();
        private volatile boolean leads;
        private volatile @Nullable EncodedFrames result;
        private volatile @Nullable Throwable failure;

        Request(Chunk chunk) {
            this.chunk = chunk;
        }

        boolean isDone() {
            return result != null || failure != null;
        }

        EncodedFrames result() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            if (result == null) {
                throw new IllegalStateException("no run took the chunk");
            }
            return result;
        }
    }

    /** Encodes a chunk and adds it to the stream's caches. */
    EncodedFrames encode(Chunk chunk) {
        Request own = new Request(chunk);
        synchronized (waiting) {
            if (busy < runs) {
                busy++;
                own.leads = true;
            } else {
                waiting.addLast(own);
            }
        }
        while (!own.isDone() && !own.leads) {
            LockSupport.park(this); // an interrupt does not end the wait: the chunk is under way
        }
        if (own.leads) {
            try {
                run(batch(own));
            } finally {
                handOver();
            }
        }
        return own.result();
    }

    /** Gives the run to the oldest chunk that waits. */
    private void handOver() {
        Request next;
        synchronized (waiting) {
            next = waiting.pollFirst();
            if (next == null) {
                busy--;
                return;
            }
            next.leads = true;
        }
        LockSupport.unpark(next.thread);
    }

    /**
     * Returns a chunk and the oldest waiting ones that can share a batch with it: 1, 2, 4 or 8 in all, so that few
     * programs suffice.
     */
    private List<Request> batch(Request first) {
        List<Request> batch = new ArrayList<>(List.of(first));
        synchronized (waiting) {
            List<Request> fitting = waiting.stream()
                    .filter(r -> r.chunk.goesWith(first.chunk))
                    .limit(LARGEST - 1)
                    .toList();
            batch.addAll(fitting.subList(0, Integer.highestOneBit(1 + fitting.size()) - 1));
            waiting.removeAll(batch);
            largest = Math.max(largest, batch.size());
        }
        return batch;
    }

    /** Returns the number of chunks in the largest batch so far, by which tests make sure that batches were run. */
    int largest() {
        synchronized (waiting) {
            return largest;
        }
    }

    /** Runs a batch. Whatever is thrown goes to all callers of the batch, because all of them must wake. */
    private void run(List<Request> batch) {
        float[] encoded;
        try {
            encoded = encoder.apply(batch.stream().map(r -> r.chunk).toList());
        } catch (RuntimeException e) {
            if (batch.size() > 1) {
                batch.forEach(r -> run(List.of(r))); // only the stream that caused the error shall fail
            } else {
                fail(batch, e);
            }
            return;
        } catch (Error e) {
            fail(batch, e);
            return;
        }
        score(batch, encoded);
    }

    /** Computes the log-probs. A failure is not tried again, because the caches hold the chunks already. */
    private void score(List<Request> batch, float[] encoded) {
        try {
            int frames = encoded.length / width;
            deliver(batch, encoded, ctc.run(frames, encoded), frames / batch.size());
        } catch (RuntimeException | Error e) {
            fail(batch, e);
        }
    }

    private static void fail(List<Request> batch, Throwable cause) {
        for (Request request : batch) {
            request.failure = cause;
            LockSupport.unpark(request.thread);
        }
    }

    private void deliver(List<Request> batch, float[] encoded, float[] rows, int frames) {
        int vocabulary = rows.length / (frames * batch.size());
        for (int i = 0; i < batch.size(); i++) {
            float[] own = part(encoded, i, frames * width);
            LogProbs logProbs = new LogProbs(part(rows, i, frames * vocabulary), frames, vocabulary);
            batch.get(i).result = new EncodedFrames(own, width, logProbs);
            LockSupport.unpark(batch.get(i).thread);
        }
    }

    private static float[] part(float[] all, int index, int size) {
        return all.length == size ? all : java.util.Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }
}
