package org.quantvoice.audio;

import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;
import org.quantvoice.error.AudioFormatException;

/**
 * The machine's default microphone: mono, 16 bits, through {@code javax.sound}. One thread reads; any thread may close,
 * which wakes the reader.
 */
public final class Microphone implements AutoCloseable {
    private static final int BYTES = 2;

    private final TargetDataLine line;
    private byte[] bytes = {};

    Microphone(TargetDataLine line) {
        this.line = line;
    }

    /**
     * Starts recording.
     *
     * @param rate hertz
     * @throws AudioFormatException when the machine has no microphone that can record at this rate, or it is in use
     */
    public static Microphone open(int rate) {
        if (rate < 1) {
            throw new AudioFormatException("a microphone at " + rate + " Hz", "a positive rate", "pass 16000, say");
        }
        AudioFormat format = new AudioFormat(rate, 8 * BYTES, 1, true, false);
        try {
            TargetDataLine line = (TargetDataLine) AudioSystem.getLine(new DataLine.Info(TargetDataLine.class, format));
            line.open(format);
            line.start();
            return new Microphone(line);
        } catch (IllegalArgumentException | LineUnavailableException | SecurityException e) {
            throw new AudioFormatException(
                    "no microphone that records at " + rate + " Hz (" + e.getMessage() + ")",
                    "a free microphone with mono 16-bit sound",
                    "plug one in, allow this program to use it, or open it at 44100 or 48000 Hz and resample",
                    e);
        }
    }

    public int rate() {
        return (int) line.getFormat().getSampleRate();
    }

    /**
     * Waits for {@code samples} samples in [-1, 1). Fewer, in the end none, come only when the microphone is closed
     * meanwhile.
     *
     * @param samples 1 or more
     */
    public float[] read(int samples) {
        if (samples < 1 || samples > Integer.MAX_VALUE / BYTES) {
            throw new AudioFormatException(
                    "a request for " + samples + " samples", "1 to 1073741823", "pass a tenth of a second, say");
        }
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
