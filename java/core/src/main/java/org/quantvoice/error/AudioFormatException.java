package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** Audio that cannot be read or used: a damaged file, no samples, samples that are not numbers. */
public class AudioFormatException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public AudioFormatException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public AudioFormatException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
