package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** An engine or a quantized backend that is not available on this platform or class path. */
public final class BackendException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public BackendException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public BackendException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
