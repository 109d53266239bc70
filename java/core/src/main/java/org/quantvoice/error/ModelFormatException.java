package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A model file is missing, damaged, of an unknown kind, or contradicts its vocabulary. */
public final class ModelFormatException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public ModelFormatException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public ModelFormatException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
