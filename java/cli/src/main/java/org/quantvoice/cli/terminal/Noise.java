package org.quantvoice.cli.terminal;

import java.util.Random;

/** White noise that is the same each time, to measure speed on. */
public final class Noise {
    private static final float LOUDNESS = 0.1f;

    private Noise() {}

    public static float[] of(int samples) {
        Random random = new Random(1);
        float[] noise = new float[samples];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = LOUDNESS * (float) random.nextGaussian();
        }
        return noise;
    }
}
