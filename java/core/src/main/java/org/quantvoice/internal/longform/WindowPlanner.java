package org.quantvoice.internal.longform;

import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.VoiceActivity;

/**
 * Cuts a recording into windows while it comes in. Depends on the samples alone, never on how they were cut, nor on what the
 * model says: so windows can be encoded in any order and at once.
 */
final class WindowPlanner implements AutoCloseable {
    /** Lengths are multiples of this, so that the engine needs few programs. */
    private static final double LENGTH_STEP_SECONDS = 0.5;
    /** Half of the stretch over which the sound has to be low. */
    private static final int PAUSE_REACH = 4;

    /** What lies behind a window. */
    private enum Ending {
        SPEECH,
        SILENCE,
        NOTHING
    }

    private final WindowShape shape;
    private final VoiceActivity.Detector detector;
    private final SpeechGate gate;
    private final SampleHistory history;
    private final int lengthStep;
    private long next;
    /** Whether the window before ends where the next begins. */
    private boolean joined;

    private boolean finished;

    WindowPlanner(WindowShape shape, VoiceActivity activity, int sampleRate) {
        this.shape = shape;
        detector = activity.begin(sampleRate);
        gate = new SpeechGate(detector.step(), shape.hop(), sampleRate, (long) shape.lead() * shape.hop());
        history = new SampleHistory(shape.hop());
        lengthStep = Math.max(1, (int) Math.round(LENGTH_STEP_SECONDS * sampleRate / shape.hop()));
    }

    void accept(float[] samples) {
        history.add(samples);
        gate.accept(detector.accept(samples));
    }

    void finish() {
        gate.accept(detector.finish());
        gate.finish(history.received());
        finished = true;
    }

    /** The next part, or null while samples for it are missing, and at the end. */
    @Nullable
    Span next() {
        long end = shape.frames(history.received());
        long known = Math.min(gate.decided(), end);
        long gap = gate.gapFrom(next);
        if (gap == next) {
            return silence(Math.min(gate.gapTo(), end));
        }
        long here = finished ? Math.min(gap, end) : gap;
        if (here - next <= shape.kept()) {
            return here <= next ? null : speech(here, finished && here == end ? Ending.NOTHING : Ending.SILENCE);
        }
        long behind = Math.max(shape.context(), PAUSE_REACH) + (joined ? 0 : lengthStep);
        if (!finished && known - next < shape.kept() + behind) {
            return null;
        }
        return speech(shape.cutAtPauses() ? quietest() : next + shape.kept(), Ending.SPEECH);
    }

    private @Nullable Span silence(long to) {
        if (to <= next) {
            return null;
        }
        Span.Silence silence = new Span.Silence(next, to);
        next = to;
        joined = false;
        forget();
        return silence;
    }

    /**
     * A window with what it needs around. Its length is rounded up, at the end where it can be: models that see all of a window
     * tell the first letter of it at its first frame, however long the silence before that letter, so that frames in front of a
     * window whose first frame is kept would take a letter away.
     */
    private Span speech(long to, Ending ending) {
        long left = next - (joined ? shape.context() : 0);
        long start = left;
        long right = to;
        if (ending == Ending.SILENCE) {
            right = left + rounded(to - left); // a gap is longer than what is added
        } else if (ending == Ending.SPEECH) {
            long context = to + shape.context();
            right = Math.min(joined ? context : left + rounded(context - left), shape.frames(history.received()));
        }
        if (joined) {
            start = Math.max(history.first(), right - rounded(right - left));
        }
        boolean last = ending == Ending.NOTHING;
        long samples =
                last ? Long.MAX_VALUE / 2 : Math.max((right - start) * shape.hop() + shape.tail(), shape.shortest());
        Span.Speech speech = new Span.Speech(start, history.window(start, samples), next, to, last);
        next = to;
        joined = true;
        forget();
        return speech;
    }

    private long rounded(long frames) {
        return (frames + lengthStep - 1) / lengthStep * lengthStep;
    }

    /** Enough stays for the context of the next window, and to fill up its length. */
    private void forget() {
        history.forgetBefore(Math.max(0, next - Math.max(shape.overlap(), lengthStep)));
    }

    /** Where the sound is lowest in the second half of what a window may keep; the last such place. */
    private long quietest() {
        long best = next + shape.kept();
        double least = Double.POSITIVE_INFINITY;
        for (long at = next + shape.kept() / 2; at <= next + shape.kept(); at++) {
            double loudest = 0;
            long from = Math.max(history.first(), at - PAUSE_REACH);
            long to = Math.min(history.end(), at + PAUSE_REACH);
            for (long f = from; f < to && loudest <= least; f++) {
                loudest = Math.max(loudest, history.energy(f));
            }
            if (loudest <= least) {
                least = loudest;
                best = at;
            }
        }
        return best;
    }

    @Override
    public void close() {
        detector.close();
    }
}
