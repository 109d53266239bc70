package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/**
 * A quantization that cannot be done as it was asked for: options that do not fit together, calibration without audio or with
 * ranges that make no sense, a budget that the model cannot meet, a module that the model does not have.
 */
public final class QuantizationException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public QuantizationException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public QuantizationException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
