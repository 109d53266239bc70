package org.quantvoice.internal.features;

import java.util.Arrays;
import org.quantvoice.error.AudioFormatException;

/**
 * Frames of Whisper: a periodic Hann window as long as the transform, whose middle is at multiples of the hop, over the signal
 * reflected at both ends; power spectrum, Slaney's mel bank, logarithm to base 10 of at least 1e-10. There are as many as whole hops.
 */
final class WhisperFrames implements MelFrames {
    private static final double FLOOR = 1e-10;

    private final FrontEnd settings;
    private final int half;
    private final double[] window;
    private final RealFft fft;
    private final MelBank mel;
    private final double[] windowed;
    private final double[] power;
    /** The samples from {@code first} on that frames still need. */
    private float[] held = new float[0];

    private int count;
    private long first;
    private long frames;

    WhisperFrames(FrontEnd settings) {
        this.settings = settings;
        int size = settings.fft();
        this.half = size / 2;
        this.fft = new RealFft(size);
        this.mel = MelBank.slaney(settings.bins(), settings.sampleRate(), half);
        this.windowed = new double[size];
        this.power = new double[half];
        this.window = new double[size];
        for (int i = 0; i < size; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size);
        }
    }

    @Override
    public float[] accept(float[] next) {
        for (int i = 0; i < next.length; i++) {
            if (!Float.isFinite(next[i])) {
                throw new AudioFormatException(
                        "sample " + (samples() + i) + " = " + next[i],
                        "finite numbers in [-1, 1]",
                        "check what made the samples");
            }
        }
        hold(next);
        // The first frames look back over the beginning, and so need as much behind it.
        long ready = samples() > half ? (samples() - half) / settings.hop() + 1 : 0;
        return write(Math.max(frames, ready));
    }

    @Override
    public float[] finish() {
        return write(Math.max(frames, samples() / settings.hop()));
    }

    private long samples() {
        return first + count;
    }

    private void hold(float[] next) {
        long needed = Math.min(frames * settings.hop() - half, samples() - settings.fft());
        int done = Math.toIntExact(Math.max(0, Math.min(count, needed - first)));
        float[] kept = Arrays.copyOf(Arrays.copyOfRange(held, done, count), count - done + next.length);
        System.arraycopy(next, 0, kept, count - done, next.length);
        held = kept;
        first += done;
        count = kept.length;
    }

    /** Writes frames up to one that is left out. */
    private float[] write(long end) {
        int bins = settings.bins();
        float[] out = new float[Math.toIntExact(end - frames) * bins];
        for (int at = 0; frames < end; frames++, at += bins) {
            long start = frames * settings.hop() - half;
            for (int i = 0; i < windowed.length; i++) {
                windowed[i] = window[i] * sample(start + i);
            }
            fft.power(windowed, power);
            for (int bin = 0; bin < bins; bin++) {
                out[at + bin] = (float) Math.log10(Math.max(FLOOR, mel.energy(bin, power)));
            }
        }
        return out;
    }

    /** A sample of the signal that turns round at its first sample and, once it is known, at its last. */
    private double sample(long place) {
        long last = samples() - 1;
        long at = place;
        while (at < 0 || at > last) {
            at = last == 0 ? 0 : at < 0 ? -at : 2 * last - at;
        }
        return held[Math.toIntExact(at - first)];
    }
}
