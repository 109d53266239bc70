package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A model uses an operator or a layer that the chosen engine or method does not support. */
public final class UnsupportedOperatorException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public UnsupportedOperatorException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public UnsupportedOperatorException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
