package org.quantvoice.audio;

import java.util.OptionalLong;

/** The mean of all channels of a stream. */
final class MonoStream implements AudioStream {
    private static final int BLOCK = 4_096;

    private final AudioStream in;
    private final int channels;
    private final float[] block;

    MonoStream(AudioStream in) {
        this.in = in;
        this.channels = in.channels();
        this.block = new float[Math.max(1, BLOCK / channels) * channels];
    }

    @Override
    public String name() {
        return in.name();
    }

    @Override
    public int sampleRate() {
        return in.sampleRate();
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public OptionalLong frames() {
        return in.frames();
    }

    @Override
    public int read(float[] out, int from, int frames) {
        int count = in.read(block, 0, Math.min(frames, block.length / channels));
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += block[i * channels + c];
            }
            out[from + i] = (float) (sum / channels);
        }
        return count;
    }

    @Override
    public void close() {
        in.close();
    }
}
