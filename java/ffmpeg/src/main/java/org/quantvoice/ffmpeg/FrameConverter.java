package org.quantvoice.ffmpeg;

import java.util.Arrays;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.Resampler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts all frames to the rate and the number of channels of the first, where a recording changes them midway. */
final class FrameConverter {
    private static final Logger LOG = LoggerFactory.getLogger(FrameConverter.class);

    private final String name;
    private final int rate;
    private final int channels;
    private int currentRate;
    private int currentChannels;
    /** The resamplers, one per channel, while the rate differs from that of the first frame. */
    private Resampler @Nullable [] resamplers;

    FrameConverter(String name, int rate, int channels) {
        this.name = name;
        this.rate = rate;
        this.channels = channels;
        this.currentRate = rate;
        this.currentChannels = channels;
    }

    /** Returns the interleaved samples that the frame completes. */
    float[] convert(AVFrame frame) {
        int frameRate = frame.sample_rate();
        int frameChannels = frame.ch_layout().nb_channels();
        float[] before = {};
        if (frameRate != currentRate || frameChannels != currentChannels) {
            LOG.info(
                    "{}: goes on with {} Hz and {} channels; converted to {} Hz and {}",
                    name,
                    frameRate,
                    frameChannels,
                    rate,
                    channels);
            currentChannels = frameChannels;
        }
        if (frameRate != currentRate) {
            before = finish();
            currentRate = frameRate;
            resamplers = frameRate == rate ? null : resamplers(frameRate);
        }
        float[] samples = mapped(FrameSamples.interleaved(frame, frameChannels), frameChannels);
        return joined(before, resamplers == null ? samples : resampled(samples, resamplers));
    }

    /** Returns the samples that the resamplers still hold back. */
    float[] finish() {
        Resampler[] open = resamplers;
        resamplers = null;
        if (open == null) {
            return new float[0];
        }
        float[][] rest = new float[channels][];
        for (int c = 0; c < channels; c++) {
            rest[c] = open[c].finish();
        }
        return interleaved(rest);
    }

    private Resampler[] resamplers(int from) {
        Resampler[] made = new Resampler[channels];
        for (int c = 0; c < channels; c++) {
            made[c] = Resampler.stream(from, rate);
        }
        return made;
    }

    /**
     * Converts to the number of channels of the first frame. Every channel gets the mean of all, which suits a
     * recording of one voice.
     */
    private float[] mapped(float[] samples, int from) {
        if (from == channels) {
            return samples;
        }
        float[] out = new float[samples.length / from * channels];
        for (int i = 0; i < samples.length / from; i++) {
            double sum = 0;
            for (int c = 0; c < from; c++) {
                sum += samples[i * from + c];
            }
            Arrays.fill(out, i * channels, (i + 1) * channels, (float) (sum / from));
        }
        return out;
    }

    private float[] resampled(float[] samples, Resampler[] by) {
        float[][] parts = new float[channels][];
        for (int c = 0; c < channels; c++) {
            float[] one = new float[samples.length / channels];
            for (int i = 0; i < one.length; i++) {
                one[i] = samples[i * channels + c];
            }
            parts[c] = by[c].accept(one);
        }
        return interleaved(parts);
    }

    private float[] interleaved(float[][] parts) {
        float[] out = new float[parts[0].length * channels];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < parts[c].length; i++) {
                out[i * channels + c] = parts[c][i];
            }
        }
        return out;
    }

    private static float[] joined(float[] before, float[] after) {
        if (before.length == 0) {
            return after;
        }
        float[] all = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        return all;
    }
}
