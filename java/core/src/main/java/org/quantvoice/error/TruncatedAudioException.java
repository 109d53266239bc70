package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/**
 * A recording that ends before its header or its frames say, or cannot be followed any further. What stands before that
 * place has been read and is right, so a caller may go on with it; {@link org.quantvoice.audio.AudioOptions} says which.
 */
public final class TruncatedAudioException extends AudioFormatException {
    private static final long serialVersionUID = 1L;

    public TruncatedAudioException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public TruncatedAudioException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
