package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** Calibration cannot be done: no audio, or ranges that make no sense. */
public final class CalibrationException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public CalibrationException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public CalibrationException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
