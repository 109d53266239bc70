package org.quantvoice.internal.live;

/**
 * Measures how long the end of a stream has been quiet, which means at least 30 dB below the loudest 10 ms. A model
 * that was trained on recordings emits the last letter of a word in the silence behind it, which is missing if a
 * stream ends with the word.
 */
final class QuietTail {
    /** Seconds of silence that models need: with 0.2 s behind speech u2-digits loses nothing any more. */
    private static final double NEEDED_SECONDS = 0.3;

    private static final double STEPS_A_SECOND = 100;
    private static final double QUIET = 1e-3;

    private final int step;
    private final int needed;
    private double energy;
    private int filled;
    private double loudest;
    private long quiet;

    QuietTail(int sampleRate) {
        step = Math.max(1, (int) (sampleRate / STEPS_A_SECOND));
        needed = (int) (NEEDED_SECONDS * sampleRate);
    }

    void accept(float[] samples) {
        for (float x : samples) {
            energy += (double) x * x;
            if (++filled == step) {
                loudest = Math.max(loudest, energy);
                quiet = energy <= QUIET * loudest ? quiet + step : 0;
                energy = 0;
                filled = 0;
            }
        }
    }

    /** Returns the number of samples of silence that are missing at the end; 0 if nothing was heard. */
    int missing() {
        if (loudest == 0) {
            return 0;
        }
        long there = energy <= QUIET * loudest ? quiet + filled : 0;
        return (int) Math.max(0, needed - there);
    }
}
