package org.quantvoice.internal.voice;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.audio.VoiceActivity;

/** One recording under way: the samples that no call has taken yet, and the states. */
final class StepDetector implements VoiceActivity.Detector {
    private final StepRunner model;
    private final Runnable release;
    private final float[] window;
    private List<float[]> states;
    private int filled;
    private boolean closed;

    /** @param release is run once, when the model is not needed any more */
    StepDetector(StepRunner model, Runnable release) {
        this.model = model;
        this.release = release;
        window = new float[model.window()];
        states = model.silence();
        filled = model.context();
    }

    @Override
    public int step() {
        return model.step();
    }

    @Override
    public float[] accept(float[] samples) {
        float[] decisions = new float[(filled - model.context() + samples.length) / step()];
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
        List<float[]> results = model.run(window, states);
        states = results.subList(1, results.size());
        System.arraycopy(window, window.length - model.context(), window, 0, model.context());
        filled = model.context();
        return results.get(0)[0];
    }

    /** What is missing of the last step is silence. */
    @Override
    public float[] finish() {
        if (filled == model.context()) {
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
