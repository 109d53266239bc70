package org.quantvoice.audio;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/**
 * Changes the sample rate by any ratio of whole numbers: polyphase filtering with a Kaiser-windowed sinc of linear
 * phase. Flat within 0.001 dB up to 90 % of the lower Nyquist frequency; aliases and images at least 95 dB down.
 * Output m stands for the time m / target of the input; n inputs give {@code ceil(n * target / source)} outputs, with
 * silence assumed before and behind the input.
 *
 * <p>An instance is one stream: {@link #accept} any pieces, then {@link #finish} once. All outputs together are
 * bit-equal to {@link #resample} of the whole, however the input is split into pieces; they lag by 64 samples of the
 * lower rate. For one thread at a time.
 */
public final class Resampler {
    /**
     * Largest ratio of rates: beyond it a filter would be longer than speech, and a false header could make a file
     * huge.
     */
    private static final int MAX_RATIO = 128;

    private static final int PIECE = 1 << 15;

    private final int up;
    private final int down;
    private final @Nullable PolyphaseFilter filter; // null if the rates are equal
    private final int half;
    /** Inputs from the first one that is still needed; at first the silence before the input. */
    private float[] window;

    private int filled;
    /** Index of {@code window[0]} in the input; negative in the silence before it. */
    private long windowStart;

    private long received;
    private long produced;
    private boolean finished;

    private Resampler(int sourceRate, int targetRate) {
        int divisor = gcd(sourceRate, targetRate);
        this.up = targetRate / divisor;
        this.down = sourceRate / divisor;
        this.filter = up == down ? null : new PolyphaseFilter(up, down);
        this.half = filter == null ? 0 : filter.half();
        this.window = new float[4 * half];
        this.filled = Math.max(0, half - 1);
        this.windowStart = -filled;
    }

    /**
     * Starts a stream.
     *
     * @param sourceRate hertz of the input
     * @param targetRate hertz of the output; at most 128 times higher or lower
     */
    public static Resampler stream(int sourceRate, int targetRate) {
        if (sourceRate < 1 || targetRate < 1) {
            throw new AudioFormatException(
                    "resampling from " + sourceRate + " to " + targetRate + " Hz", "positive rates", "check the rates");
        }
        if (Math.max(sourceRate, targetRate) / MAX_RATIO > Math.min(sourceRate, targetRate)) {
            throw new AudioFormatException(
                    "resampling from " + sourceRate + " to " + targetRate + " Hz",
                    "rates that differ at most " + MAX_RATIO + "-fold",
                    "check the rate in the file's header");
        }
        return new Resampler(sourceRate, targetRate);
    }

    /** Returns the same audio at another rate; the argument itself if it has that rate already. */
    public static Audio resample(Audio audio, int targetRate) {
        Resampler stream = stream(audio.sampleRate(), targetRate);
        if (stream.filter == null) {
            return audio;
        }
        float[] in = audio.samples();
        float[] out = SampleBuffer.allocate("resampling to " + targetRate + " Hz", stream.outputs(in.length));
        int written = 0;
        for (int from = 0; from < in.length; from += PIECE) {
            written += stream.push(in, from, Math.min(PIECE, in.length - from), out, written);
        }
        stream.push(new float[stream.half], 0, stream.half, out, written);
        return new Audio(out, targetRate);
    }

    /**
     * Takes the next samples, any number, and returns the output samples that they complete, which may be none.
     *
     * @throws AudioFormatException when a sample is not finite; the stream is then as before the call
     * @throws IllegalStateException after {@link #finish}
     */
    public float[] accept(float[] samples) {
        requireOpen();
        for (int i = 0; i < samples.length; i++) {
            if (!Float.isFinite(samples[i])) {
                throw new AudioFormatException(
                        "sample " + i + " = " + samples[i], "finite numbers in [-1, 1]", "check what made the samples");
            }
        }
        return filter == null ? samples.clone() : push(samples);
    }

    /**
     * Returns the rest of the output.
     *
     * @throws IllegalStateException when called twice
     */
    public float[] finish() {
        requireOpen();
        finished = true;
        return push(new float[half]);
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("got a call after finish(); expected an open stream; start a new one");
        }
    }

    private float[] push(float[] samples) {
        long count = Math.max(0, outputs(received + samples.length - half) - produced);
        float[] out = SampleBuffer.allocate("resampling", count);
        push(samples, 0, samples.length, out, 0);
        return out;
    }

    /** Returns the number of outputs before input {@code inputs}: ceil(inputs * up / down). */
    private long outputs(long inputs) {
        return inputs <= 0 ? 0 : (inputs * up + down - 1) / down;
    }

    private int push(float[] in, int from, int count, float[] out, int at) {
        if (filter == null) {
            return 0;
        }
        append(in, from, count);
        long last = outputs(received - half);
        int written = 0;
        while (produced < last) {
            long place = produced * down;
            int start = (int) (place / up - (half - 1) - windowStart);
            out[at + written++] = filter.apply((int) (place % up), window, start);
            produced++;
        }
        return written;
    }

    private void append(float[] in, int from, int count) {
        int unused = (int) Math.min(filled, produced * down / up - (half - 1) - windowStart);
        filled -= unused;
        windowStart += unused;
        float[] target = filled + count > window.length ? new float[filled + count + 2 * half] : window;
        System.arraycopy(window, unused, target, 0, filled);
        System.arraycopy(in, from, target, filled, count);
        window = target;
        filled += count;
        received += count;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
