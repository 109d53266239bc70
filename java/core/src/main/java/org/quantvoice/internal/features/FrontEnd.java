package org.quantvoice.internal.features;

import java.util.Locale;
import org.quantvoice.error.ModelFormatException;

/**
 * How the samples of an utterance become the features that a model listens to. Immutable.
 *
 * @param kind whose features they are
 * @param sampleRate hertz, 1000 to 768,000
 * @param bins mel bins, 1 to 512
 * @param window samples of a frame
 * @param hop samples from the start of a frame to the next; not above the window, of NeMo not above half of it
 * @param fft points of the transform, a power of two and at least {@code window}
 * @param preEmphasis share of each sample that is taken off the next, 0 to 1
 * @param normalized whether each bin is brought to zero mean and unit variance over the utterance
 * @param stack frames that are joined to one, from 1 on; what is left over is dropped
 */
public record FrontEnd(
        Kind kind,
        int sampleRate,
        int bins,
        int window,
        int hop,
        int fft,
        double preEmphasis,
        boolean normalized,
        int stack) {

    /** The programs whose features are known. */
    public enum Kind {
        /** Kaldi's filterbanks, as {@link Fbank} has them. */
        KALDI,
        /** NeMo's: centred frames of the whole signal's pre-emphasis, Slaney's mel scale, ln(x + 2^-24). */
        NEMO,
        /** Of Google's LASR: whole frames, triangles between 125 and 7500 Hz, ln of at least 1e-5. */
        LASR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind of a name. */
        public static Kind of(String name) {
            for (Kind kind : values()) {
                if (kind.toString().equals(name)) {
                    return kind;
                }
            }
            throw new ModelFormatException("features '" + name + "'", "kaldi, nemo or lasr", "write the model again");
        }
    }

    private static final int MAX_BINS = 512;
    private static final int MAX_FFT = 1 << 16;
    private static final int MAX_STACK = 64;

    public FrontEnd {
        boolean sound = sampleRate >= 1_000
                && sampleRate <= 768_000
                && bins >= 1
                && bins <= MAX_BINS
                && window >= 2
                && hop >= 1
                && hop <= (kind == Kind.NEMO ? window / 2 : window)
                && fft >= Math.max(4, window)
                && fft <= MAX_FFT
                && Integer.bitCount(fft) == 1
                && preEmphasis >= 0
                && preEmphasis <= 1
                && stack >= 1
                && stack <= MAX_STACK;
        if (!sound) {
            throw new ModelFormatException(
                    "features of " + bins + " bins of " + window + " samples every " + hop + " at " + sampleRate
                            + " Hz, a transform of " + fft + " points, pre-emphasis " + preEmphasis + ", stacked by "
                            + stack,
                    "1 to " + MAX_BINS + " bins, a transform of a power of two that holds the window",
                    "correct the model's feature settings");
        }
        if (kind == Kind.KALDI && (window != sampleRate / 40 || hop != sampleRate / 100 || preEmphasis != 0.97)) {
            throw new ModelFormatException(
                    "Kaldi's features of " + window + " samples every " + hop + " with pre-emphasis " + preEmphasis,
                    "25 ms every 10 ms with 0.97",
                    "correct the model's feature settings");
        }
    }

    /** The settings in words, {@code kind:key=value,...}, as a caller names those of a model whose file does not. */
    public String describe() {
        return kind + ":rate=" + sampleRate + ",bins=" + bins + ",window=" + window + ",hop=" + hop + ",fft=" + fft
                + ",pre-emphasis=" + preEmphasis + ",normalize=" + normalized + ",stack=" + stack;
    }

    /** Values of a frame as the model gets it. */
    public int size() {
        return bins * stack;
    }

    /** Samples from one frame of the model's input to the next. */
    public int frameHop() {
        return hop * stack;
    }

    /** Samples that a frame of the model's input sees. */
    public int frameWindow() {
        return window + hop * (stack - 1);
    }
}
