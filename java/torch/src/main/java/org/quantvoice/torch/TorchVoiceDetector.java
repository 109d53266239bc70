package org.quantvoice.torch;

import java.util.Arrays;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.torch.script.VoiceScript;

/** One recording under way: a module with its state, and the samples that no call has taken yet. */
final class TorchVoiceDetector implements VoiceActivity.Detector {
    private final VoiceScript script;
    private final float[] window;
    private int filled;

    TorchVoiceDetector(VoiceScript script) {
        this.script = script;
        window = new float[script.step()];
    }

    @Override
    public int step() {
        return window.length;
    }

    @Override
    public float[] accept(float[] samples) {
        float[] decisions = new float[(filled + samples.length) / window.length];
        int made = 0;
        for (int at = 0; at < samples.length; ) {
            int count = Math.min(samples.length - at, window.length - filled);
            System.arraycopy(samples, at, window, filled, count);
            filled += count;
            at += count;
            if (filled == window.length) {
                decisions[made++] = script.run(window);
                filled = 0;
            }
        }
        return decisions;
    }

    /** What is missing of the last step is silence. */
    @Override
    public float[] finish() {
        if (filled == 0) {
            return new float[0];
        }
        Arrays.fill(window, filled, window.length, 0);
        filled = 0;
        return new float[] {script.run(window)};
    }

    @Override
    public void close() {
        script.close();
    }
}
