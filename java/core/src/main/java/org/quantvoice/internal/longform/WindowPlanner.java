package org.quantvoice.internal.longform;

import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.VoiceActivity;

/**
 * Cuts a recording into windows while it comes in. Depends on the samples alone, never on how they were cut, nor on what the
 * model says: so windows can be encoded in any order and at once.
 */
final class WindowPlanner implements AutoCloseable {
    /** Lengths are multiples of this, so that the engine needs few programs. */
    private static final double LENGTH_STEP_SECONDS = 1;
    /** Half of the stretch over which the sound has to be low. */
    private static final int PAUSE_REACH = 4;

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
        gate = new SpeechGate(detector.step(), shape.hop(), sampleRate);
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
            return here <= next ? null : speech(here, finished && here == end);
        }
        if (!finished && known - next < shape.kept() + shape.context()) {
            return null;
        }
        return speech(shape.cutAtPauses() ? quietest() : next + shape.kept(), false);
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

    private Span speech(long to, boolean last) {
        long right = last ? to : Math.min(to + shape.context(), shape.frames(history.received()));
        long left = next - (joined ? shape.context() : 0);
        long rounded = (right - left + lengthStep - 1) / lengthStep * lengthStep;
        long start = Math.max(history.first(), Math.min(left, right - rounded));
        long samples =
                last ? Long.MAX_VALUE / 2 : Math.max((right - start) * shape.hop() + shape.tail(), shape.shortest());
        Span.Speech speech = new Span.Speech(start, history.window(start, samples), next, to, last);
        next = to;
        joined = true;
        forget();
        return speech;
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
            for (long f = at - PAUSE_REACH; f < at + PAUSE_REACH && loudest <= least; f++) {
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
