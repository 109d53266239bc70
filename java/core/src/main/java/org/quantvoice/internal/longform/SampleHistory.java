package org.quantvoice.internal.longform;

import java.util.Arrays;

/** The last samples of a recording, and the energy of each frame of them. */
final class SampleHistory {
    private final int hop;
    private float[] samples;
    /** Number of the frame at the head of the array. */
    private long first;

    private int filled;
    private long received;

    SampleHistory(int hop) {
        this.hop = hop;
        samples = new float[64 * hop];
    }

    void add(float[] more) {
        if (filled + more.length > samples.length) {
            samples = Arrays.copyOf(samples, Math.max(filled + more.length, 2 * samples.length));
        }
        System.arraycopy(more, 0, samples, filled, more.length);
        filled += more.length;
        received += more.length;
    }

    /** Returns the number of samples since the start. */
    long received() {
        return received;
    }

    /** Returns the first frame whose samples are still held. */
    long first() {
        return first;
    }

    /** Returns the frame behind the last complete one. */
    long end() {
        return received / hop;
    }

    /** Returns {@code count} samples from frame {@code start} on; fewer where the recording ends. */
    float[] window(long start, long count) {
        int from = Math.toIntExact((start - first) * hop);
        return Arrays.copyOfRange(samples, from, (int) Math.min(filled, from + count));
    }

    /** Returns the variance of a frame's samples: the mean square after subtracting the mean. */
    double energy(long frame) {
        int from = Math.toIntExact((frame - first) * hop);
        double sum = 0;
        double squares = 0;
        for (int i = from; i < from + hop; i++) {
            sum += samples[i];
            squares += (double) samples[i] * samples[i];
        }
        return Math.max(0, squares / hop - sum / hop * (sum / hop));
    }

    /** Forgets samples before a frame. */
    void forgetBefore(long frame) {
        long old = Math.min((frame - first) * hop, filled / hop * (long) hop);
        if (old < samples.length / 2) {
            return;
        }
        System.arraycopy(samples, (int) old, samples, 0, filled - (int) old);
        filled -= (int) old;
        first += old / hop;
    }
}
