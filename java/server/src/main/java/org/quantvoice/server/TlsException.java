package org.quantvoice.server;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantVoiceException;

/** A certificate or key that a server cannot use. */
public final class TlsException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    TlsException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
