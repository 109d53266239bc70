package org.quantvoice.bench.live;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.quantvoice.stream.TranscriptStream;

/** Somebody who speaks without end into a stream of a model. One thread at a time. */
final class SpeechStream implements AutoCloseable {
    static final double PIECE_SECONDS = 0.16;
    private static final int PIECE = 2560;

    private final TranscriptStream stream;
    private final List<float[]> speech;
    private final List<Double> late = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean told;
    private int utterance;
    private int at;

    /** @param first where in the speech it begins */
    SpeechStream(TranscriptStream stream, List<float[]> speech, int first) {
        this.stream = stream;
        this.speech = speech;
        utterance = first * 7 % speech.size();
        stream.onEvent(event -> told = true);
    }

    /** Says the next piece and waits until it is understood; true if that gave a result. */
    boolean speak() {
        float[] piece = new float[PIECE];
        for (int i = 0; i < PIECE; ) {
            float[] samples = speech.get(utterance);
            int count = Math.min(PIECE - i, samples.length - at);
            System.arraycopy(samples, at, piece, i, count);
            i += count;
            at += count;
            if (at == samples.length) {
                at = 0;
                utterance = (utterance + 1) % speech.size();
            }
        }
        told = false;
        stream.accept(piece);
        return told;
    }

    /** Speaks at the speed of speech from a time on to another. */
    void follow(ScheduledExecutorService threads, long due, long end) {
        if (due >= end) {
            done.countDown();
            return;
        }
        threads.schedule(
                () -> {
                    if (speak()) {
                        late.add((System.nanoTime() - due) / 1e6);
                    }
                    follow(threads, due + (long) (PIECE_SECONDS * 1e9), end);
                },
                Math.max(0, due - System.nanoTime()),
                TimeUnit.NANOSECONDS);
    }

    void await() throws InterruptedException {
        done.await();
    }

    /** Milliseconds, one of each result. */
    double[] late() {
        return late.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Override
    public void close() {
        stream.cancel();
    }
}
