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
    private static final double SCALE = 32_768;
    private static final double PRE_EMPHASIS = 0.97;
    private static final double FLOOR = Math.scalb(1.0, -23); // the machine epsilon of float, 1.1920929e-07

    private final int frameLength;
    private final int frameShift;
    private final double[] window;
    private final RealFft fft;
    private final MelBank mel;
    private final double[] windowed;
    private final double[] power;
    /** Samples of the beginning of the next frame. */
    private final float[] tail;

    private int waiting;

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
        frameLength = sampleRate / 40;
        frameShift = sampleRate / 100;
        int length = Math.max(4, Integer.highestOneBit(frameLength - 1) * 2);
        fft = new RealFft(length);
        mel = MelBank.kaldi(melBins, sampleRate, length / 2);
        windowed = new double[length];
        power = new double[length / 2];
        tail = new float[frameLength];
        window = new double[frameLength];
        for (int i = 0; i < frameLength; i++) {
            window[i] = SCALE * Math.pow(0.5 - 0.5 * Math.cos(2 * Math.PI * i / (frameLength - 1)), 0.85);
        }
    }

    public int melBins() {
        return mel.bins();
    }

    /** Returns the number of samples of one frame, 25 ms. */
    public int frameLength() {
        return frameLength;
    }

    /** Returns the number of samples between the starts of two frames, 10 ms. */
    public int frameShift() {
        return frameShift;
    }

    /** Returns the number of frames that the next {@code samples} samples would complete. */
    public int frames(int samples) {
        long all = (long) waiting + samples - frameLength;
        return all < 0 ? 0 : (int) (all / frameShift) + 1;
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
        requireFinite(samples, offset, length);
        int at = offset;
        int left = length;
        for (int frame = 0; frame < frames; frame++) {
            int taken = frameLength - waiting;
            System.arraycopy(samples, at, tail, waiting, taken);
            at += taken;
            left -= taken;
            writeFrame(out, outOffset + frame * melBins());
            waiting = frameLength - frameShift;
            System.arraycopy(tail, frameShift, tail, 0, waiting);
        }
        System.arraycopy(samples, at, tail, waiting, left);
        waiting += left;
        return frames;
    }

    /** Forgets the waiting samples: the next ones start a new stream. */
    public void reset() {
        waiting = 0;
    }

    private static void requireFinite(float[] samples, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (!Float.isFinite(samples[i])) {
                throw new AudioFormatException(
                        "sample " + i + " = " + samples[i], "finite numbers in [-1, 1]", "check what made the samples");
            }
        }
    }

    private void writeFrame(float[] out, int at) {
        double mean = sum(tail) / frameLength;
        double previous = tail[0] - mean;
        for (int i = 0; i < frameLength; i++) { // the rest of the buffer stays 0
            double current = tail[i] - mean;
            windowed[i] = window[i] * (current - PRE_EMPHASIS * previous);
            previous = current;
        }
        fft.power(windowed, power);
        for (int bin = 0; bin < melBins(); bin++) {
            out[at + bin] = (float) Math.log(Math.max(mel.energy(bin, power), FLOOR));
        }
    }

    /** Returns the sum, added in four independent parts, which the processor computes in parallel. */
    private static double sum(float[] values) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < values.length; i++) {
            a += values[i];
        }
        return a + b + (c + d);
    }
}
