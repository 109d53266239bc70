package org.quantvoice.audio;

import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/**
 * The machine's default microphone: mono, 16 bits, through {@code javax.sound}. If it cannot record at the requested
 * rate, it records at 48 kHz and the samples are resampled. One thread reads; any thread may close, which wakes the
 * reader.
 */
public final class Microphone implements AutoCloseable {
    private static final int BYTES = 2;
    /** Rate in hertz that practically all sound hardware supports. */
    private static final int USUAL_RATE = 48_000;

    private final TargetDataLine line;
    private final int rate;
    private final @Nullable Resampler resampler; // null if the line records at the requested rate
    private byte[] bytes = {};
    private float[] waiting = {};
    private boolean ended;

    private Microphone(TargetDataLine line, int rate, @Nullable Resampler resampler) {
        this.line = line;
        this.rate = rate;
        this.resampler = resampler;
    }

    /** Opens and starts the line of the machine. */
    interface Lines {
        TargetDataLine open(int rate) throws LineUnavailableException;
    }

    /**
     * Starts recording.
     *
     * @param rate hertz
     * @throws AudioFormatException when the machine has no microphone that can record at this rate or at 48 kHz, or
     *     the microphone is in use
     */
    public static Microphone open(int rate) {
        return open(rate, Microphone::line);
    }

    static Microphone open(int rate, Lines lines) {
        if (rate < 1) {
            throw new AudioFormatException("a microphone at " + rate + " Hz", "a positive rate", "pass 16000, say");
        }
        try {
            return new Microphone(lines.open(rate), rate, null);
        } catch (IllegalArgumentException | LineUnavailableException | SecurityException e) {
            return resampled(rate, lines, e);
        }
    }

    private static Microphone resampled(int rate, Lines lines, Exception refused) {
        Resampler resampler = Resampler.stream(USUAL_RATE, rate);
        try {
            return new Microphone(lines.open(USUAL_RATE), rate, resampler);
        } catch (IllegalArgumentException | LineUnavailableException | SecurityException e) {
            e.addSuppressed(refused);
            throw new AudioFormatException(
                    "no microphone that records at " + rate + " Hz or at " + USUAL_RATE + " Hz (" + e.getMessage()
                            + ")",
                    "a free microphone with mono 16-bit sound",
                    "plug one in, or allow this program to use it",
                    e);
        }
    }

    private static TargetDataLine line(int rate) throws LineUnavailableException {
        AudioFormat format = new AudioFormat(rate, 8 * BYTES, 1, true, false);
        TargetDataLine line = (TargetDataLine) AudioSystem.getLine(new DataLine.Info(TargetDataLine.class, format));
        line.open(format);
        line.start();
        return line;
    }

    public int rate() {
        return rate;
    }

    /**
     * Waits for {@code samples} samples in [-1, 1), or slightly beyond if they are resampled. It returns fewer, and
     * finally none, only when the microphone is closed meanwhile.
     *
     * @param samples 1 or more
     */
    public float[] read(int samples) {
        if (samples < 1 || samples > Integer.MAX_VALUE / BYTES) {
            throw new AudioFormatException(
                    "a request for " + samples + " samples", "1 to 1073741823", "pass a tenth of a second, say");
        }
        return resampler == null ? record(samples) : resample(samples, resampler);
    }

    private float[] resample(int samples, Resampler by) {
        while (waiting.length < samples && !ended) {
            long missing = (long) (samples - waiting.length) * USUAL_RATE / rate + 1;
            int wanted = (int) Math.min(USUAL_RATE, missing);
            float[] recorded = record(wanted);
            append(by.accept(recorded));
            if (recorded.length < wanted) {
                ended = true;
                append(by.finish());
            }
        }
        int count = Math.min(samples, waiting.length);
        float[] out = Arrays.copyOf(waiting, count);
        waiting = Arrays.copyOfRange(waiting, count, waiting.length);
        return out;
    }

    private void append(float[] more) {
        int before = waiting.length;
        waiting = Arrays.copyOf(waiting, before + more.length);
        System.arraycopy(more, 0, waiting, before, more.length);
    }

    private float[] record(int samples) {
        if (bytes.length < BYTES * samples) {
            bytes = new byte[BYTES * samples];
        }
        int filled = 0;
        while (filled < BYTES * samples) {
            int count = line.read(bytes, filled, BYTES * samples - filled);
            if (count <= 0) { // javax.sound returns early only when the line is stopped or closed
                break;
            }
            filled += count;
        }
        float[] out = new float[filled / BYTES];
        for (int i = 0; i < out.length; i++) {
            out[i] = (short) (bytes[2 * i] & 0xff | bytes[2 * i + 1] << 8) / 32_768f;
        }
        return out;
    }

    /** Stops recording; a second call does nothing. */
    @Override
    public void close() {
        line.stop();
        line.close();
    }
}
