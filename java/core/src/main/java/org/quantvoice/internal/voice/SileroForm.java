package org.quantvoice.internal.voice;

import java.nio.file.Path;
import org.quantvoice.error.AudioFormatException;

/**
 * The common properties of models with the interface of Silero's in any runtime: steps of 32 ms at 16 kHz, and at 8
 * kHz if the rate is one of their inputs.
 */
public final class SileroForm {
    /** The usual sample rate, hertz. */
    public static final int WIDE = 16_000;

    private static final int NARROW = 8_000;
    private static final int STEP_AT_16_KHZ = 512;

    private SileroForm() {}

    /** Returns the number of samples of a step. */
    public static int step(int sampleRate) {
        return STEP_AT_16_KHZ * sampleRate / WIDE;
    }

    /**
     * Refuses a rate that a model does not support.
     *
     * @param asksForRate whether the rate is an input of the model
     */
    public static void requireRate(int sampleRate, boolean asksForRate, Path file) {
        if (sampleRate != WIDE && !(sampleRate == NARROW && asksForRate)) {
            throw new AudioFormatException(
                    sampleRate + " Hz for the model of voice activity " + file,
                    asksForRate ? "16000 or 8000 Hz" : "16000 Hz",
                    "leave it out for this recogniser: speech is then found by energy");
        }
    }
}
