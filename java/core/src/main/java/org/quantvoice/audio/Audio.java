package org.quantvoice.audio;

import java.util.Objects;
import org.quantvoice.error.AudioFormatException;

/**
 * Mono audio: samples in [-1, 1] (louder values are kept, not clipped) and their rate in hertz. The array is not copied;
 * the creator must not change it afterwards.
 *
 * @param samples at least one; all finite
 * @param sampleRate hertz, 1 to 768,000
 */
@SuppressWarnings("ArrayRecordComponent")
public record Audio(float[] samples, int sampleRate) {
    static final int MAX_RATE = 768_000;

    public Audio {
        Objects.requireNonNull(samples, "samples");
        if (sampleRate < 1 || sampleRate > MAX_RATE) {
            throw new AudioFormatException(
                    "a sample rate of " + sampleRate + " Hz", "1 to " + MAX_RATE + " Hz", "check the file's header");
        }
        if (samples.length == 0) {
            throw new AudioFormatException("audio of 0 samples", "at least one sample", "check the recording");
        }
        for (int i = 0; i < samples.length; i++) {
            if (!Float.isFinite(samples[i])) {
                throw new AudioFormatException(
                        "sample " + i + " = " + samples[i], "finite numbers in [-1, 1]", "check what made the samples");
            }
        }
    }

    public double seconds() {
        return (double) samples.length / sampleRate;
    }
}
