package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A file cannot be written; a file that was at its path before is unchanged. */
public final class OutputException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public OutputException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public OutputException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
