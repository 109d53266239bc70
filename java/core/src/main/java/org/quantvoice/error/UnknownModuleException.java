package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A dotted module path does not exist in the model. */
public final class UnknownModuleException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public UnknownModuleException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public UnknownModuleException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
