package org.quantvoice.internal.features;

import java.util.Objects;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;

/**
 * Computes log-mel filterbank features, {@code [frames, melBins]} row-major, as Kaldi's compute-fbank-feats does:
 * frames of 25 ms every 10 ms without padding, mean removed, pre-emphasis 0.97, Povey window, power spectrum, natural
 * log with a floor of 1.1920929e-07; no dither. Samples are in [-1, 1] and are scaled to 16 bits here.
 *
 * <p>An instance is one stream: samples that do not fill a frame wait for the next call, and the features are
 * bit-equal however the audio is split into calls. After the constructor only {@link #accept(float[])} allocates. For
 * one thread at a time.
 */
public final class Fbank {
    private static final int MAX_BINS = 512;
    private static final double PRE_EMPHASIS = 0.97;

    private final FrontEnd settings;
    private final FrameStream stream;

    /**
     * @param sampleRate hertz of the audio, 1000 to 768,000
     * @param melBins number of values of a frame, 1 to 512; each filter must cover a line of the spectrum
     */
    public Fbank(int sampleRate, int melBins) {
        if (sampleRate < 1_000 || sampleRate > 768_000 || melBins < 1 || melBins > MAX_BINS) {
            throw new ModelFormatException(
                    "features of " + melBins + " mel bins at " + sampleRate + " Hz",
                    "1 to " + MAX_BINS + " bins at 1000 to 768000 Hz",
                    "correct the model's feature settings");
        }
        int window = sampleRate / 40;
        settings = new FrontEnd(
                FrontEnd.Kind.KALDI,
                sampleRate,
                melBins,
                window,
                sampleRate / 100,
                transform(window),
                PRE_EMPHASIS,
                false,
                1);
        stream = new FrameStream(settings);
    }

    /** Returns the points of the transform of a frame, the least power of two that holds it. */
    static int transform(int window) {
        return Math.max(4, Integer.highestOneBit(window - 1) * 2);
    }

    public int melBins() {
        return settings.bins();
    }

    /** Returns the number of samples of one frame, 25 ms. */
    public int frameLength() {
        return settings.window();
    }

    /** Returns the number of samples between the starts of two frames, 10 ms. */
    public int frameShift() {
        return settings.hop();
    }

    /** Returns the number of frames that the next {@code samples} samples would complete. */
    public int frames(int samples) {
        return stream.ready(samples);
    }

    /**
     * Takes the next samples, any number, and returns the frames that they complete.
     *
     * @throws AudioFormatException when a sample is not finite; the stream is then as before the call
     */
    public float[] accept(float[] samples) {
        float[] out = new float[Math.multiplyExact(frames(samples.length), melBins())];
        accept(samples, 0, samples.length, out, 0);
        return out;
    }

    /**
     * Takes {@code samples[offset, offset + length)}, writes the frames that they complete to {@code out} from {@code
     * outOffset} on, and returns their number, {@link #frames}{@code (length)}.
     *
     * @throws AudioFormatException when a sample is not finite; the stream is then as before the call
     */
    public int accept(float[] samples, int offset, int length, float[] out, int outOffset) {
        Objects.checkFromIndexSize(offset, length, samples.length);
        int frames = frames(length);
        Objects.checkFromIndexSize(outOffset, frames * melBins(), out.length);
        stream.accept(samples, offset, length, out, outOffset);
        return frames;
    }

    /** Forgets the waiting samples: the next ones start a new stream. */
    public void reset() {
        stream.reset();
    }
}
