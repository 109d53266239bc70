package org.quantvoice.internal.longform;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Finds the spans of a recording that must be recognised to know the words of a part of it. The part's borders lie
 * where windows meet, at the first such place behind the wished frames, so that parts with adjacent wishes share a
 * border. Some speech before the part is recognised as well, because decoders remember the last words.
 */
public final class PartSpans {
    private final long wishedFrom;
    private final long wishedTo;
    private final Deque<Span> lead = new ArrayDeque<>();
    private long leadSpeech;
    private long first = -1;
    private long from = Long.MAX_VALUE;
    private long to = Long.MAX_VALUE;

    /**
     * @param from first wished frame
     * @param to frame behind the last wished one; the largest number for the end of the recording
     */
    public PartSpans(long from, long to) {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("frames " + from + " to " + to);
        }
        wishedFrom = from;
        wishedTo = to;
        if (from == 0) {
            this.from = 0;
            first = 0;
        }
    }

    /** Returns the spans for a whole recording. */
    public static PartSpans all() {
        return new PartSpans(0, Long.MAX_VALUE);
    }

    /**
     * Takes the spans of the recording in order.
     *
     * @param leadFrames least number of speech frames that are recognised before the part, if the recording has as
     *     many
     * @return the spans that are to be recognised now, in order
     */
    List<Span> take(Span span, long leadFrames) {
        if (to == Long.MAX_VALUE && span.to() >= wishedTo) {
            to = span.to();
        }
        if (first >= 0) {
            return List.of(span);
        }
        lead.addLast(span);
        leadSpeech += speech(span);
        while (leadSpeech - speech(lead.getFirst()) >= leadFrames) {
            leadSpeech -= speech(lead.removeFirst());
        }
        if (span.to() < wishedFrom) {
            return List.of();
        }
        from = span.to();
        first = lead.getFirst().from();
        List<Span> heard = List.copyOf(lead);
        lead.clear();
        return heard;
    }

    private static long speech(Span span) {
        return span instanceof Span.Speech ? span.to() - span.from() : 0;
    }

    /** Returns the first frame of the recording that is recognised; 0 as long as there is none. */
    public long first() {
        return Math.max(0, first);
    }

    /** Returns the frame at which the part begins; the largest number as long as that is not known. */
    public long from() {
        return from;
    }

    /** Returns the frame behind the part; the largest number as long as that is not known. */
    public long to() {
        return to;
    }
}
