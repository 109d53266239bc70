package org.quantvoice.internal.longform;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Turns speech decisions about steps into gaps: parts of a recording that need no model. Speech keeps half a second
 * of what follows it and some of what precedes it, and silence shorter than a second makes no gap.
 */
final class SpeechGate {
    private static final double MARGIN_SECONDS = 0.5;
    private static final double LEAST_SECONDS = 1;
    private static final float SPEECH = 0.5f;

    private static final class Gap {
        private final long from;
        private long to;

        private Gap(long from, long to) {
            this.from = from;
            this.to = to;
        }
    }

    private final int step;
    private final int hop;
    private final long margin;
    private final long lead;
    private final long least;
    private final Deque<Gap> gaps = new ArrayDeque<>();
    private long steps;
    /** Sample behind the last speech. */
    private long speechEnd;

    private long decided;
    private boolean open;

    /**
     * @param step samples of a step
     * @param hop samples of a frame
     * @param lead number of samples before speech that are kept with it
     */
    SpeechGate(int step, int hop, int sampleRate, long lead) {
        this.step = step;
        this.hop = hop;
        this.lead = lead;
        margin = (long) (MARGIN_SECONDS * sampleRate);
        least = (long) (LEAST_SECONDS * sampleRate);
        speechEnd = -margin; // the recording may begin with silence
    }

    void accept(float[] probabilities) {
        for (float p : probabilities) {
            long end = (steps + 1) * step;
            if (p >= SPEECH) {
                speech(steps * step, end);
            } else {
                silence(end, end - lead);
            }
            steps++;
        }
    }

    private void speech(long from, long end) {
        if (!open) {
            decided = Math.max(decided, from);
        }
        open = false;
        speechEnd = end;
        decided = Math.max(decided, end + margin);
    }

    /**
     * @param end sample at which the silent steps end
     * @param known sample up to which the silence certainly precedes speech by more than the kept lead
     */
    private void silence(long end, long known) {
        long from = speechEnd + margin;
        if (!open && known - from >= least) {
            open = true;
            gaps.addLast(new Gap(from, from));
        }
        if (open) {
            gaps.getLast().to = Math.max(gaps.getLast().to, known);
            decided = Math.max(decided, known);
        } else {
            decided = Math.max(decided, Math.min(from, end));
        }
    }

    /** Ends the recording: no speech follows the silence at its end. */
    void finish(long samples) {
        silence(samples, samples);
        decided = samples;
    }

    /** Returns the frame before which all decisions are final. */
    long decided() {
        return decided / hop;
    }

    /**
     * Returns the first frame of the next gap, or {@code frame} if it lies in that gap; the largest number if no gap
     * is known.
     */
    long gapFrom(long frame) {
        while (!gaps.isEmpty() && gapTo() <= frame && (gaps.size() > 1 || !open)) {
            gaps.removeFirst();
        }
        return gaps.isEmpty() || gapTo() <= frame ? Long.MAX_VALUE : Math.max(frame, from(gaps.getFirst()));
    }

    /** Returns the frame at which that gap ends, as far as is known. */
    long gapTo() {
        return gaps.getFirst().to / hop;
    }

    private long from(Gap gap) {
        return (gap.from + hop - 1) / hop;
    }
}
