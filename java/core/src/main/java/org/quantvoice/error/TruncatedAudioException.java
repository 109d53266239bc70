package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/**
 * A recording that ends earlier than its header or its frames claim, or cannot be read any further. The samples
 * before that place have been read and are right, so a caller may use them; {@link org.quantvoice.audio.AudioOptions}
 * chooses what happens.
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
