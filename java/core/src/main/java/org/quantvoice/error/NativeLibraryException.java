package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** The native library cannot be found, extracted, loaded, or run on this CPU. */
public final class NativeLibraryException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public NativeLibraryException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public NativeLibraryException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
