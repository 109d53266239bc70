package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/**
 * Something that runs models is missing: an engine or a quantized backend that is not on the class path or not for
 * this platform, a native library that cannot be loaded, or too little memory for a model.
 */
public final class EngineException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public EngineException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public EngineException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
