package org.quantvoice.internal.longform;

/** A range of a recording's frames. Spans follow each other without gaps. */
sealed interface Span {

    /** Returns the first frame of the span. */
    long from();

    /** Returns the frame behind the span. */
    long to();

    /**
     * Frames that the model computes.
     *
     * @param start the first frame of the window
     * @param samples the window's samples
     * @param from the first frame that is wanted, {@code start} or later
     * @param to the frame behind the last that is wanted; in the last window all frames that the model gives are
     *     wanted
     * @param last whether the recording ends with this span
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Speech(long start, float[] samples, long from, long to, boolean last) implements Span {}

    /** Frames without speech. */
    record Silence(long from, long to) implements Span {}
}
