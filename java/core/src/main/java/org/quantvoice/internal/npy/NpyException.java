package org.quantvoice.internal.npy;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantVoiceException;

/** A {@code .npy} file that cannot be read, or does not hold little-endian float32 in C order. */
public final class NpyException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    NpyException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
