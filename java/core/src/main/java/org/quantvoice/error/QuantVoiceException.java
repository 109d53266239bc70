package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that QuantVoice throws for bad input or a failed resource. Each message has three parts:
 * what was got, what was expected, and what to do about it.
 */
public abstract class QuantVoiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String got;
    private final String expected;
    private final String cure;

    protected QuantVoiceException(String got, String expected, String cure) {
        this(got, expected, cure, null);
    }

    protected QuantVoiceException(String got, String expected, String cure, @Nullable Throwable cause) {
        super("got " + got + "; expected " + expected + "; " + cure, cause);
        this.got = got;
        this.expected = expected;
        this.cure = cure;
    }

    public final String got() {
        return got;
    }

    public final String expected() {
        return expected;
    }

    /** What the caller can do, as an imperative clause: "pass a 16 kHz file". */
    public final String cure() {
        return cure;
    }
}
