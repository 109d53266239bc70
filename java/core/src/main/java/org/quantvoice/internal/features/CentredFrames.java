package org.quantvoice.internal.features;

import java.util.Arrays;
import org.quantvoice.error.AudioFormatException;

/**
 * Computes frames as NeMo and LASR do: pre-emphasis of the whole signal, a symmetric Hann window, power spectrum, mel
 * bank, logarithm. NeMo's frames have their middle at multiples of the hop, with zeros before the first sample and
 * behind the last, and there are as many as complete hops; LASR's begin at multiples of the hop, and only complete
 * ones count.
 */
final class CentredFrames implements MelFrames {
    private static final double NEMO_GUARD = Math.scalb(1.0, -24);
    private static final double LASR_FLOOR = 1e-5;

    private final FrontEnd settings;
    private final boolean centred;
    private final double[] window;
    private final RealFft fft;
    private final MelBank mel;
    private final double[] windowed;
    private final double[] power;
    /** Samples of the next frame that have arrived. */
    private final double[] tail;

    private int waiting;
    private double previous;
    private boolean begun;
    private long samples;
    private long frames;

    CentredFrames(FrontEnd settings) {
        this.settings = settings;
        this.centred = settings.kind() == FrontEnd.Kind.NEMO;
        int spectrum = settings.fft() / 2;
        this.fft = new RealFft(settings.fft());
        this.mel = centred
                ? MelBank.slaney(settings.bins(), settings.sampleRate(), spectrum)
                : MelBank.lasr(settings.bins(), settings.sampleRate(), spectrum);
        this.windowed = new double[settings.fft()];
        this.power = new double[spectrum];
        this.tail = new double[settings.window()];
        this.window = new double[settings.window()];
        for (int i = 0; i < window.length; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (window.length - 1));
        }
        // The window lies in the middle of the transform, whose middle is at a multiple of the hop.
        this.waiting = centred ? settings.fft() / 2 - (settings.fft() - settings.window()) / 2 : 0;
    }

    @Override
    public float[] accept(float[] next) {
        for (int i = 0; i < next.length; i++) {
            if (!Float.isFinite(next[i])) {
                throw new AudioFormatException(
                        "sample " + (samples + i) + " = " + next[i],
                        "finite numbers in [-1, 1]",
                        "check what made the samples");
            }
        }
        float[] out = new float[Math.toIntExact(completed(waiting + (long) next.length) * settings.bins())];
        int at = 0;
        for (float sample : next) {
            at += take(emphasized(sample), out, at);
        }
        samples += next.length;
        return out;
    }

    private long completed(long available) {
        long beyond = available - settings.window();
        return beyond < 0 ? 0 : beyond / settings.hop() + 1;
    }

    private double emphasized(float sample) {
        double result = begun ? sample - settings.preEmphasis() * previous : sample;
        previous = sample;
        begun = true;
        return result;
    }

    /** Adds a sample; returns the number of values that it wrote. */
    private int take(double sample, float[] out, int at) {
        tail[waiting++] = sample;
        if (waiting < tail.length) {
            return 0;
        }
        writeFrame(out, at);
        frames++;
        waiting = tail.length - settings.hop();
        System.arraycopy(tail, settings.hop(), tail, 0, waiting);
        return settings.bins();
    }

    @Override
    public float[] finish() {
        long all = centred ? samples / settings.hop() : frames;
        int missing = Math.toIntExact(Math.max(0, all - frames));
        float[] out = new float[missing * settings.bins()];
        for (int at = 0; at < out.length; ) {
            at += take(0, out, at);
        }
        return out;
    }

    private void writeFrame(float[] out, int at) {
        for (int i = 0; i < window.length; i++) {
            windowed[i] = window[i] * tail[i]; // the rest of the buffer stays 0
        }
        Arrays.fill(windowed, window.length, windowed.length, 0);
        fft.power(windowed, power);
        for (int bin = 0; bin < settings.bins(); bin++) {
            double energy = mel.energy(bin, power);
            out[at + bin] = (float) Math.log(centred ? energy + NEMO_GUARD : Math.max(energy, LASR_FLOOR));
        }
    }
}
