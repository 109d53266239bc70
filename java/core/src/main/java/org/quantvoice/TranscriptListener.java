package org.quantvoice;

/**
 * A listener to a recording's transcription, called on the thread that transcribes. An exception from a method ends
 * the transcription.
 */
public interface TranscriptListener {
    /**
     * Receives a segment whose words will not change. Segments come in the order of {@link Transcript#segments()}.
     */
    default void segment(Transcript.Segment segment) {}

    /**
     * Receives the position up to which the recording has been recognised: after each window, and at the end behind
     * the last segment.
     *
     * @param seconds of the recording, never falling
     */
    default void position(double seconds) {}
}
