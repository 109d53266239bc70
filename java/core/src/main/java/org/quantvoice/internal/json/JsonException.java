package org.quantvoice.internal.json;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantVoiceException;

/** Text that is not the JSON that was expected: the message names line and column, or the path of the wrong value. */
public final class JsonException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;
    private static final String CURE = "correct the JSON text";

    JsonException(String got, String expected) {
        this(got, expected, CURE, null);
    }

    JsonException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
