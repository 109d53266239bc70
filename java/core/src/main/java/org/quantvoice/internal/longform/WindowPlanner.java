package org.quantvoice.internal.longform;

import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.VoiceActivity;

/**
 * Cuts a recording into windows while its samples arrive. The windows depend on the samples alone, never on how they
 * were split into calls nor on the model's output, so they can be encoded in any order and at the same time.
 */
final class WindowPlanner implements AutoCloseable {
    /** Windows' lengths in seconds are multiples of this, so that the engine needs few programs. */
    private static final double LENGTH_STEP_SECONDS = 0.5;
    /** Returns half of the number of frames over which the sound must be quiet. */
    private static final int PAUSE_REACH = 4;

    /** The way in which a window ends. */
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
    /** True if the last window ends where the next one begins. */
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

    /** Returns the next span, or null while samples for it are missing and at the end. */
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
     * Returns a window with the context that it needs on both sides. Its length is rounded up, at its end where that
     * is possible: a model that sees the whole window emits the first letter at the window's first frame, however
     * long the silence before that letter. Frames added in front of a window whose first frame is kept would
     * therefore lose a letter.
     */
    private Span speech(long to, Ending ending) {
        long left = next - (joined ? shape.context() : 0);
        long start = left;
        long right = to;
        if (ending == Ending.SILENCE) {
            right = left + rounded(to - left); // a gap is longer than the added frames
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

    /** Forgets samples, except those for the context of the next window and for rounding up its length. */
    private void forget() {
        history.forgetBefore(Math.max(0, next - Math.max(shape.overlap(), lengthStep)));
    }

    /** Returns the quietest frame in the second half of what a window may keep; the last one if there are several. */
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
