package org.quantvoice.audio;

import java.util.OptionalLong;

/** A stream at another rate: one {@link Resampler} for each channel, which all give the same number of samples. */
final class ResampledStream implements AudioStream {
    private static final int BLOCK = 16_384;

    private final AudioStream in;
    private final int rate;
    private final Resampler[] resamplers;
    private final float[] block;
    /** Samples of each channel that are ready to be read, from {@link #next} on. */
    private final float[][] ready;

    private int next;
    private boolean ended;

    ResampledStream(AudioStream in, int rate) {
        this.in = in;
        this.rate = rate;
        int channels = in.channels();
        this.resamplers = new Resampler[channels];
        for (int c = 0; c < channels; c++) {
            resamplers[c] = Resampler.stream(in.sampleRate(), rate);
        }
        this.block = new float[Math.max(1, BLOCK / channels) * channels];
        this.ready = new float[channels][0];
    }

    @Override
    public String name() {
        return in.name();
    }

    @Override
    public int sampleRate() {
        return rate;
    }

    @Override
    public int channels() {
        return in.channels();
    }

    @Override
    public OptionalLong frames() {
        OptionalLong frames = in.frames();
        if (frames.isEmpty() || frames.getAsLong() > Long.MAX_VALUE / rate) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(-Math.floorDiv(-frames.getAsLong() * rate, in.sampleRate())); // the ceiling
    }

    @Override
    public int read(float[] out, int from, int frames) {
        while (next == ready[0].length) {
            if (ended) {
                return -1;
            }
            fill();
        }
        int channels = ready.length;
        int count = Math.min(frames, ready[0].length - next);
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < count; i++) {
                out[from + i * channels + c] = ready[c][next + i];
            }
        }
        next += count;
        return count;
    }

    private void fill() {
        int channels = ready.length;
        int count = in.read(block, 0, block.length / channels);
        ended = count < 0;
        for (int c = 0; c < channels; c++) {
            ready[c] = ended ? resamplers[c].finish() : resamplers[c].accept(channel(c, count));
        }
        next = 0;
    }

    private float[] channel(int c, int count) {
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = block[i * ready.length + c];
        }
        return samples;
    }

    @Override
    public void close() {
        in.close();
    }
}
