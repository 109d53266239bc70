package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** Options or input of a decoder that make no sense. */
public final class DecoderException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public DecoderException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public DecoderException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
