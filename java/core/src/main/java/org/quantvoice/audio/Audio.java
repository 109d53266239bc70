package org.quantvoice.audio;

import java.util.Objects;
import org.quantvoice.error.AudioFormatException;

/**
 * Mono audio: samples in [-1, 1] (louder values are kept, not clipped) and their rate in hertz. The array is not
 * copied; the creator must not change it afterwards.
 *
 * @param samples at least one sample; all are finite
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

    /**
     * Returns the mean of the channels of signed 16-bit samples, as audio.
     *
     * @param interleaved whole frames; not changed
     * @param channels 1 or more
     */
    public static Audio of(short[] interleaved, int sampleRate, int channels) {
        float[] samples = new float[interleaved.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = interleaved[i] / 32_768f;
        }
        return of(samples, sampleRate, channels);
    }

    /**
     * Returns the mean of the channels of samples in [-1, 1], as audio.
     *
     * @param interleaved whole frames; copied
     * @param channels 1 or more
     */
    public static Audio of(float[] interleaved, int sampleRate, int channels) {
        if (channels < 1 || interleaved.length % channels != 0) {
            throw new AudioFormatException(
                    interleaved.length + " samples of " + channels + " channels",
                    "one channel or more, and as many samples of each",
                    "pass whole frames and the number of their channels");
        }
        float[] mean = new float[interleaved.length / channels];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += interleaved[i * channels + c];
            }
            mean[i] = (float) (sum / channels);
        }
        return new Audio(mean, sampleRate);
    }

    public double seconds() {
        return (double) samples.length / sampleRate;
    }
}
