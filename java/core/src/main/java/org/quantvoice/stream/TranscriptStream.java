package org.quantvoice.stream;

import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.quantvoice.error.AudioFormatException;

/**
 * Speech into words while it comes in.
 *
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
 * <p>An endless stream is cut into utterances by {@link EndpointRules}; times go on. After each chunk comes a {@link
 * StreamEvent.Partial}, at each endpoint a {@link StreamEvent.Final} if something was said. Words told as committed never
 * change. All events depend on the samples alone, to the bit, never on how they were cut.
 *
 * <p>One thread at a time; a second one gets an {@link IllegalStateException}. {@link #partial()}, {@link #cancel()} and
 * {@link #close()} may come from any thread at any time.
 */
public interface TranscriptStream extends AutoCloseable {

    /** Calls a listener with each event, on the thread that feeds the stream; it must not call back into the stream. */
    void onEvent(Consumer<? super StreamEvent> listener);

    /**
     * The events from now on, for any number of subscribers on other threads. A subscriber that lags misses partials, never
     * a final: the stream waits for it until it is cancelled. Completes when the stream is finished or closed. If the stream
     * fails, the error comes at once, and what a subscriber has not yet taken is lost to it.
     */
    Flow.Publisher<StreamEvent> events();

    /**
     * Takes the next samples, any number, and tells what they complete.
     *
     * @param samples mono at the session's rate, in [-1, 1]; not kept
     * @throws AudioFormatException if a sample is not finite; the stream then stands as before the call
     * @throws IllegalStateException if the stream was finished or closed, or is in use by another thread
     */
    void accept(float[] samples);

    /** What is understood of the utterance under way. */
    StreamEvent.Partial partial();

    /**
     * Ends the stream: what waits is recognised, the last utterance ends. Nothing may be accepted afterwards. Where the
     * samples end with speech the model gets up to 0.3 s of silence behind them, without which it would miss the last letter; no
     * word ends behind the samples.
     *
     * @return the last utterance; empty if nothing was said since the one before
     */
    Optional<StreamEvent.Final> finish();

    /**
     * Gives the stream up; waits for a call under way in another thread, which ends after its chunk, but for no subscriber.
     * Nothing more is told. Does nothing after {@link #finish()}.
     */
    void cancel();

    /** The same as {@link #cancel()}; closing again does nothing. */
    @Override
    void close();
}
