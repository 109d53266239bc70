package org.quantvoice.bench.live;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.quantvoice.stream.TranscriptStream;

/** A simulated speaker who speaks without end into a stream of a model. An object is for one thread at a time. */
final class SpeechStream implements AutoCloseable {
    /**
     * @param at the time at which the last sample of its chunk was there, in seconds since pieces count
     * @param late milliseconds from that moment to the result
     */
    record Result(double at, double late) {}

    static final double PIECE_SECONDS = 0.16;
    private static final int PIECE = 2560;

    private final TranscriptStream stream;
    private final List<float[]> speech;
    private final List<Result> results = new ArrayList<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private boolean told;
    private int utterance;
    private int at;

    /** @param first index of the utterance at which the speaker begins */
    SpeechStream(TranscriptStream stream, List<float[]> speech, int first) {
        this.stream = stream;
        this.speech = speech;
        utterance = first * 7 % speech.size();
        stream.onEvent(event -> told = true);
    }

    /** Sends the next piece and waits until it is processed; returns true if that gave a result. */
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

    /**
     * Sends pieces at the speed of speech.
     *
     * @param due when the next piece is there, in the clock of {@link System#nanoTime}
     * @param counted results of pieces that are there before this time are not kept
     * @param end when the speaker stops
     */
    void follow(ScheduledExecutorService threads, long due, long counted, long end) {
        if (due >= end) {
            done.complete(null);
            return;
        }
        threads.schedule(
                () -> {
                    try {
                        if (speak() && due >= counted) {
                            results.add(new Result((due - counted) / 1e9, (System.nanoTime() - due) / 1e6));
                        }
                        follow(threads, due + (long) (PIECE_SECONDS * 1e9), counted, end);
                    } catch (RuntimeException | Error e) {
                        done.completeExceptionally(e);
                    }
                },
                Math.max(0, due - System.nanoTime()),
                TimeUnit.NANOSECONDS);
    }

    void await() {
        done.join();
    }

    List<Result> results() {
        return results;
    }

    @Override
    public void close() {
        stream.cancel();
    }
}
