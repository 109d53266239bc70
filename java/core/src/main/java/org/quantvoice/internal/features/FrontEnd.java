package org.quantvoice.internal.features;

import java.util.Locale;
import org.quantvoice.error.ModelFormatException;

/**
 * The settings that turn the samples of an utterance into a model's features. Immutable.
 *
 * @param kind program whose features are computed
 * @param sampleRate hertz, 1000 to 768,000
 * @param bins mel bins, 1 to 512
 * @param window samples of a frame
 * @param hop samples from the start of a frame to the next; not above the window, of NeMo not above half of it
 * @param fft points of the transform, a power of two and at least {@code window}; of Whisper {@code window}, an even product of
 *     twos, threes and fives
 * @param preEmphasis share of each sample that is taken off the next, 0 to 1
 * @param normalized whether each bin is brought to zero mean and unit variance over the utterance
 * @param stack number of frames that are joined to one, 1 or more; frames left over are dropped
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

    /** The programs whose features can be computed. */
    public enum Kind {
        /** Kaldi's filterbanks, see {@link Fbank}. */
        KALDI,
        /** NeMo's features: centred frames of the whole signal's pre-emphasis, Slaney's mel scale, ln(x + 2^-24). */
        NEMO,
        /** Of Google's LASR: whole frames, triangles between 125 and 7500 Hz, ln of at least 1e-5. */
        LASR,
        /**
         * Whisper's, without padding to 30 s: centred frames of the reflected signal, Slaney's mel scale, log10 within 8 of the
         * utterance's largest value.
         */
        WHISPER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns the kind with a name. */
        public static Kind of(String name) {
            for (Kind kind : values()) {
                if (kind.toString().equals(name)) {
                    return kind;
                }
            }
            throw new ModelFormatException(
                    "features '" + name + "'", "kaldi, nemo, lasr or whisper", "write the model again");
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
                && (kind == Kind.WHISPER ? RealFft.takes(fft) : Integer.bitCount(fft) == 1)
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
        boolean whisper = sampleRate == 16_000 && window == fft && preEmphasis == 0 && !normalized;
        if (kind == Kind.WHISPER && !whisper) {
            throw new ModelFormatException(
                    "Whisper's features at " + sampleRate + " Hz of " + window + " samples, a transform of " + fft
                            + " points, pre-emphasis " + preEmphasis + (normalized ? ", normalized" : ""),
                    "16000 Hz, a window as long as the transform, and neither of them",
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

    /** Returns the number of values in a frame of the model's input. */
    public int size() {
        return bins * stack;
    }

    /** Returns the number of samples from one frame of the model's input to the next. */
    public int frameHop() {
        return hop * stack;
    }

    /** Returns the number of samples that a frame of the model's input covers. */
    public int frameWindow() {
        return window + hop * (stack - 1);
    }
}
