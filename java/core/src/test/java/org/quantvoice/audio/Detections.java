package org.quantvoice.audio;

import java.util.Arrays;

/** What a detector says of a recording that comes in pieces. */
public final class Detections {
    private Detections() {}

    /** All decisions, those at the end too. */
    public static float[] of(VoiceActivity.Detector detector, float[] samples, int piece) {
        float[] all = new float[samples.length];
        int made = 0;
        for (int at = 0; at < samples.length; at += piece) {
            float[] some = detector.accept(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)));
            System.arraycopy(some, 0, all, made, some.length);
            made += some.length;
        }
        float[] last = detector.finish();
        System.arraycopy(last, 0, all, made, last.length);
        return Arrays.copyOf(all, made + last.length);
    }
}
