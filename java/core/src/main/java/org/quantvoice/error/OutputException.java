package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A file cannot be written; whatever stood at its path before is untouched. */
public final class OutputException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public OutputException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public OutputException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
