package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/**
 * Work that ended because its caller wanted so: its thread was interrupted, or the condition holds that was named with {@code
 * cancelWhen}. Nothing is half-written, and what was opened is closed; the interrupt of a thread stays set.
 */
public final class CancelledException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public CancelledException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public CancelledException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
