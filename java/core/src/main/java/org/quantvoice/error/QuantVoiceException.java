package org.quantvoice.error;

import static java.util.Objects.requireNonNull;

import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The root of the exceptions that QuantVoice throws for bad input or a failed resource. Each message has three parts:
 * what was found, what was expected, and what to do about it.
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
        super("got " + got + "; expected " + expected(expected, cause) + "; " + cure(cure, cause), cause);
        this.got = got;
        this.expected = expected(expected, cause);
        this.cure = cure(cure, cause);
    }

    /**
     * Returns whether an interrupt is the cause: the JVM closes a file that an interrupted thread reads or writes,
     * and then nothing is wrong with the file.
     */
    private static boolean isInterrupt(@Nullable Throwable cause) {
        return cause instanceof ClosedByInterruptException
                || (cause != null && cause.getCause() instanceof ClosedByInterruptException);
    }

    private static String expected(String expected, @Nullable Throwable cause) {
        return isInterrupt(cause) ? "a thread that is not interrupted" : expected;
    }

    private static String cure(String cure, @Nullable Throwable cause) {
        return isInterrupt(cause)
                ? "do it on another thread, or clear the interrupt first with Thread.interrupted()"
                : cure;
    }

    /** Returns the message with all three parts; never null. */
    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }

    public final String got() {
        return got;
    }

    public final String expected() {
        return expected;
    }

    /** Returns what the caller can do, as an imperative clause: "pass a 16 kHz file". */
    public final String cure() {
        return cure;
    }
}
