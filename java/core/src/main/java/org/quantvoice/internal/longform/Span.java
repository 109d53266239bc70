package org.quantvoice.internal.longform;

/** A part of a recording's frames, which follow each other without gaps. */
sealed interface Span {

    /** Its first frame. */
    long from();

    /** The frame behind it. */
    long to();

    /**
     * Frames that the model is asked for.
     *
     * @param start the first frame of the window
     * @param samples the window's samples
     * @param from the first frame that is wanted, {@code start} or later
     * @param to the frame behind the last that is wanted; where the recording ends, all that the model gives are
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Speech(long start, float[] samples, long from, long to, boolean last) implements Span {}

    /** Frames in which nothing is said. */
    record Silence(long from, long to) implements Span {}
}
