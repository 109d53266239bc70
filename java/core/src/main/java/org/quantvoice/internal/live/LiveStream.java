package org.quantvoice.internal.live;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.lifetime.LostObjects;
import org.quantvoice.stream.Endpoint;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/** A stream over the encoder of one model; see {@link TranscriptStream}. */
final class LiveStream implements TranscriptStream {
    /** Number of samples processed at once, so that memory does not grow with the size of the caller's pieces. */
    private static final int SLICE = 1 << 14;

    private enum State {
        OPEN,
        FINISHED,
        CANCELLED,
        FAILED
    }

    private final StreamParts parts;
    private final FrameEncoder encoder;
    private final OneThread thread = new OneThread("a stream");
    private final EventOutlet outlet = new EventOutlet();
    private final LostObjects.Watch watch;
    private Utterance utterance;
    private int number;
    /** Length of all samples in seconds, once they ended. */
    private double end = Double.POSITIVE_INFINITY;

    private volatile StreamEvent.Partial partial;
    private volatile State state = State.OPEN;

    LiveStream(StreamParts parts, FrameEncoder encoder) {
        this.parts = parts;
        this.encoder = encoder;
        utterance = parts.utterance(0);
        partial = utterance.partial(0);
        watch = LostObjects.watch(this, "a TranscriptStream");
    }

    /** Calls a listener with each event, on the thread that feeds the stream; it must not call back into the stream. */
    public void onEvent(Consumer<? super StreamEvent> listener) {
        outlet.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Returns the events from now on, for any number of subscribers on other threads. A slow subscriber misses
     * partials but never a final event: the stream waits for it until it is cancelled. The publisher completes when
     * the stream is finished or closed. If the stream fails, the error is published at once, and a subscriber loses
     * the events that it has not yet taken.
     */
    public Flow.Publisher<StreamEvent> events() {
        return outlet.publisher();
    }

    /**
     * Takes the next samples, any number, and publishes the events that they complete.
     *
     * @param samples mono at the session's rate, in [-1, 1]; not retained
     * @throws AudioFormatException if a sample is not finite; the stream is then as before the call
     * @throws IllegalStateException if the stream was finished or closed, or is in use by another thread
     */
    public void accept(float[] samples) {
        requireFinite(samples);
        running(() -> {
            for (int at = 0; at < samples.length && state == State.OPEN; at += SLICE) {
                encoder.push(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + SLICE)));
                drain();
            }
        });
    }

    private static void requireFinite(float[] samples) {
        for (int i = 0; i < samples.length; i++) {
            if (!Float.isFinite(samples[i])) {
                throw new AudioFormatException(
                        "sample " + i + " = " + samples[i], "finite numbers in [-1, 1]", "check what made the samples");
            }
        }
    }

    /** Returns the recognised words of the current utterance. */
    public StreamEvent.Partial partial() {
        return partial;
    }

    /**
     * Ends the stream: the remaining samples are recognised, and the last utterance ends. Nothing may be accepted
     * afterwards. If the samples end with speech, the model gets up to 0.3 s of silence behind them, without which it
     * would miss the last letter; no word's end time is later than the end of the samples.
     *
     * @return the last utterance; empty if nothing was said since the previous one
     */
    public Optional<StreamEvent.Final> finish() {
        Last last = new Last();
        running(() -> {
            end = encoder.finish();
            drain();
            EncodedFrames rest = state == State.OPEN ? encoder.last() : null;
            if (rest != null) {
                utterance.accept(rest, parts.secondPass() != null);
            }
            last.event = endUtterance(Endpoint.END_OF_STREAM);
            state = State.FINISHED;
        });
        outlet.close();
        return last.event;
    }

    private static final class Last {
        private Optional<StreamEvent.Final> event = Optional.empty();
    }

    /**
     * Cancels the stream. It waits for a call under way in another thread, which ends after its chunk, but for no
     * subscriber. No more events are published. Does nothing after {@link #finish()}.
     */
    public void cancel() {
        if (state == State.OPEN) {
            state = State.CANCELLED;
        }
        outlet.close(); // closed first, since the call under way may wait for a subscriber
        boolean idle = thread.enterToClose();
        try {
            if (idle) {
                watch.closed();
                encoder.close();
            }
        } finally {
            thread.leave();
        }
    }

    @Override
    public void close() {
        cancel();
    }

    private void running(Runnable work) {
        thread.enter();
        try {
            if (state != State.OPEN) {
                throw new IllegalStateException(
                        "got a stream that is " + state + "; expected an open one; open another");
            }
            attempt(work);
        } finally {
            if (state != State.OPEN) {
                watch.closed();
                encoder.close();
            }
            thread.leave();
        }
    }

    /**
     * Runs a piece of work and fails the stream if it throws: frames may be missing then, and words would be wrong.
     */
    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            if (state == State.OPEN) {
                state = State.FAILED;
                outlet.fail(e);
            }
            throw e;
        }
    }

    private void drain() {
        for (EncodedFrames chunk = next(); chunk != null; chunk = next()) {
            utterance.accept(chunk, parts.secondPass() != null);
            Optional<Endpoint> end = utterance.endpoint();
            if (end.isPresent()) {
                endUtterance(end.get());
            } else {
                partial = utterance.partial(number);
                outlet.tell(partial);
            }
        }
    }

    private @Nullable EncodedFrames next() {
        return state == State.OPEN ? encoder.next() : null;
    }

    private Optional<StreamEvent.Final> endUtterance(Endpoint reason) {
        Optional<StreamEvent.Final> told = utterance.finish(number, reason, parts.secondPass(), end);
        number += told.isPresent() ? 1 : 0;
        encoder.restart();
        utterance = parts.utterance(utterance.endFrame());
        partial = utterance.partial(number);
        told.ifPresent(outlet::tell);
        return told;
    }
}
