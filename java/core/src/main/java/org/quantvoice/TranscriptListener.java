package org.quantvoice;

/** What is told of a recording while it is transcribed, on the thread that does so. What a method throws ends that. */
public interface TranscriptListener {
    /** A segment whose words stay as they are. Segments come in the order of {@link Transcript#segments()}. */
    default void segment(Transcript.Segment segment) {}

    /**
     * How far the recording has been recognised; after each window, and at the end behind the last segment.
     *
     * @param seconds of the recording, never falling
     */
    default void position(double seconds) {}
}
