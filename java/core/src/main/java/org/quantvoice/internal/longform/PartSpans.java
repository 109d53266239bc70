package org.quantvoice.internal.longform;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Which spans of a recording are needed to know the words of a part of it. Borders lie where windows meet, next behind the
 * frames that were wished, so that parts whose wishes meet share a border. Some speech in front of the part is heard as well:
 * decoders remember the last words.
 */
public final class PartSpans {
    private final long wishedFrom;
    private final long wishedTo;
    private final Deque<Span> lead = new ArrayDeque<>();
    private long leadSpeech;
    private long first = -1;
    private long from = Long.MAX_VALUE;
    private long to = Long.MAX_VALUE;

    /** @param to the largest number: to the end of the recording */
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

    /** Returns the spans of a whole recording. */
    public static PartSpans all() {
        return new PartSpans(0, Long.MAX_VALUE);
    }

    /**
     * Takes the spans of the recording in order.
     *
     * @param leadFrames how much speech in front of the part is heard, at least, if there is so much
     * @return those that are to be heard now, in order
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

    /** The frame of the recording at which hearing begins; 0 as long as nothing is heard. */
    public long first() {
        return Math.max(0, first);
    }

    /** The frame at which the part begins; the largest number as long as that is not known. */
    public long from() {
        return from;
    }

    /** The frame behind the part; the largest number as long as that is not known. */
    public long to() {
        return to;
    }
}
