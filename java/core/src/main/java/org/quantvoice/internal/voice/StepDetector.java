package org.quantvoice.internal.voice;

import java.util.Arrays;
import org.quantvoice.audio.VoiceActivity;

/** The detection in one recording: holds the samples that no call of the model has taken yet. */
public final class StepDetector implements VoiceActivity.Detector {
    private final Model model;
    private final Runnable release;
    private final int context;
    private final float[] window;
    private int filled;
    private boolean closed;

    /** A model that carries its state from call to call. */
    @FunctionalInterface
    public interface Model {
        /**
         * Returns the probability of speech in the next step, whose samples follow the context of the step before.
         */
        float next(float[] window);
    }

    /**
     * @param context number of samples of the step before with which a call begins
     * @param window number of samples of a call
     * @param release runs once, when the model is no longer needed
     */
    public StepDetector(int context, int window, Model model, Runnable release) {
        this.context = context;
        this.window = new float[window];
        this.model = model;
        this.release = release;
        filled = context;
    }

    @Override
    public int step() {
        return window.length - context;
    }

    @Override
    public float[] accept(float[] samples) {
        float[] decisions = new float[(filled - context + samples.length) / step()];
        int made = 0;
        for (int at = 0; at < samples.length; ) {
            int count = Math.min(samples.length - at, window.length - filled);
            System.arraycopy(samples, at, window, filled, count);
            filled += count;
            at += count;
            if (filled == window.length) {
                decisions[made++] = decide();
            }
        }
        return decisions;
    }

    private float decide() {
        if (closed) {
            throw new IllegalStateException("got a closed detector of speech; expected an open one");
        }
        float probability = model.next(window);
        System.arraycopy(window, window.length - context, window, 0, context);
        filled = context;
        return probability;
    }

    /** Ends the recording; the rest of the last step is filled with silence. */
    @Override
    public float[] finish() {
        if (filled == context) {
            return new float[0];
        }
        Arrays.fill(window, filled, window.length, 0);
        return new float[] {decide()};
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
