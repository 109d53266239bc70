package org.quantvoice.server.live;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.quantvoice.audio.Resampler;
import org.quantvoice.error.AudioFormatException;

/**
 * Converts the bytes of one client, 16-bit little-endian PCM, to samples at the model's rate; channels are averaged.
 */
final class PcmInput {
    private static final int MIN_RATE = 8_000;
    private static final int MAX_RATE = 192_000;
    private static final int MAX_CHANNELS = 8;

    private final int channels;
    private final Resampler resampler;

    /**
     * @throws AudioFormatException if the client's format is out of range
     */
    PcmInput(long rate, long channels, int modelRate) {
        if (rate < MIN_RATE || rate > MAX_RATE) {
            throw new AudioFormatException(
                    "audio at " + rate + " Hz",
                    MIN_RATE + " to " + MAX_RATE + " Hz",
                    "send the rate in the start message");
        }
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new AudioFormatException(
                    channels + " channels", "1 to " + MAX_CHANNELS, "send the channels in the start message");
        }
        this.channels = (int) channels;
        resampler = Resampler.stream((int) rate, modelRate);
    }

    /**
     * Converts the bytes of one message. @throws AudioFormatException if the bytes are not whole samples of all
     * channels
     */
    float[] accept(ByteBuffer bytes) {
        int frame = 2 * channels;
        if (bytes.remaining() % frame != 0) {
            throw new AudioFormatException(
                    "a message of " + bytes.remaining() + " bytes",
                    "a multiple of " + frame + ": 16 bits for each of " + channels + " channels",
                    "send whole samples");
        }
        ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
        float[] samples = new float[in.remaining() / frame];
        for (int i = 0; i < samples.length; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += in.getShort();
            }
            samples[i] = sum / (channels * 32_768f);
        }
        return resampler.accept(samples);
    }

    /** Returns the samples that the resampler still holds back. */
    float[] finish() {
        return resampler.finish();
    }
}
