package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A language model file that cannot be read; the message says where (line or byte). */
public final class LanguageModelException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public LanguageModelException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public LanguageModelException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
