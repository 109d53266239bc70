package org.quantvoice.stream;

import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.quantvoice.error.AudioFormatException;

/**
 * Turns speech into words while it arrives.
 * <pre>{@code
 * try (TranscriptStream live = session.stream()) {
 *     live.onEvent(event -> show(event.text()));
 *     while (recording) {
 *         live.accept(microphone.read(1600));
 *     }
 *     live.finish();
 * }
 * }</pre>
 *
 * <p>{@link EndpointRules} divide an endless stream into utterances; times count from the start of the stream. After
 * each chunk comes a {@link StreamEvent.Partial}, at each endpoint a {@link StreamEvent.Final} if something was said.
 * Committed words never change. All events depend on the samples alone, to the bit, never on how they were split into
 * calls.
 *
 * <p>A stream is for one thread at a time; a second thread gets an {@link IllegalStateException}. {@link #partial()},
 * {@link #cancel()} and {@link #close()} may be called from any thread at any time.
 */
public interface TranscriptStream extends AutoCloseable {

    /** Calls a listener with each event, on the thread that feeds the stream; it must not call back into the stream. */
    void onEvent(Consumer<? super StreamEvent> listener);

    /**
     * Returns the events from now on, for any number of subscribers on other threads. A slow subscriber misses
     * partials but never a final event: the stream waits for it until it is cancelled. The publisher completes when
     * the stream is finished or closed. If the stream fails, the error is published at once, and a subscriber loses
     * the events that it has not yet taken.
     */
    Flow.Publisher<StreamEvent> events();

    /**
     * Takes the next samples, any number, and publishes the events that they complete.
     *
     * @param samples mono at the session's rate, in [-1, 1]; not retained
     * @throws AudioFormatException if a sample is not finite; the stream is then as before the call
     * @throws IllegalStateException if the stream was finished or closed, or is in use by another thread
     */
    void accept(float[] samples);

    /** Returns the recognised words of the current utterance. */
    StreamEvent.Partial partial();

    /**
     * Ends the stream: the remaining samples are recognised, and the last utterance ends. Nothing may be accepted
     * afterwards. If the samples end with speech, the model gets up to 0.3 s of silence behind them, without which it
     * would miss the last letter; no word's end time is later than the end of the samples.
     *
     * @return the last utterance; empty if nothing was said since the previous one
     */
    Optional<StreamEvent.Final> finish();

    /**
     * Cancels the stream. It waits for a call under way in another thread, which ends after its chunk, but for no
     * subscriber. No more events are published. Does nothing after {@link #finish()}.
     */
    void cancel();

    /** Does the same as {@link #cancel()}; closing again does nothing. */
    @Override
    void close();
}
