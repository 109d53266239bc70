package org.quantvoice.internal.tasks;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.CancelledException;
import org.quantvoice.error.QuantVoiceException;

/**
 * Tells whether long work is to end, because the thread that does it is interrupted or its caller says so. Work asks
 * for it between steps. Immutable; for any number of threads, if the caller's condition is.
 */
public final class Cancellation {
    /** Only interrupts end the work. */
    public static final Cancellation INTERRUPTS = new Cancellation(() -> false);

    private final BooleanSupplier asked;

    private Cancellation(BooleanSupplier asked) {
        this.asked = asked;
    }

    /** Interrupts end the work, and a condition. */
    public static Cancellation when(BooleanSupplier asked) {
        return new Cancellation(Objects.requireNonNull(asked, "cancelWhen"));
    }

    private boolean isAsked() {
        return Thread.currentThread().isInterrupted() || asked.getAsBoolean();
    }

    /**
     * Ends the work here if that is wanted.
     *
     * @param work what it is, e.g. {@code transcribing call.wav}
     * @throws CancelledException then
     */
    public void check(String work) {
        if (isAsked()) {
            throw cancelled(work, null);
        }
    }

    /** Reports on, and checks at each report. */
    public Progress checking(Progress listener) {
        return (step, done, total) -> {
            check(step);
            listener.report(step, done, total);
        };
    }

    /**
     * Does the work, unless it is to end before it has begun. A failure of it that an interrupt brought about, as the JVM closes files
     * that an interrupted thread reads, is a cancellation too.
     *
     * @throws CancelledException if the work was to end
     */
    public <T> T running(String work, Supplier<T> run) {
        check(work);
        try {
            return run.get();
        } catch (CancelledException e) {
            throw e;
        } catch (QuantVoiceException e) {
            if (isAsked()) {
                throw cancelled(work, e);
            }
            throw e;
        }
    }

    /** The exception of a thread that was interrupted while it waited. */
    public static CancelledException interrupted(String work, @Nullable Throwable cause) {
        return new CancelledException(
                "an interrupt while " + work,
                "a thread that is not interrupted",
                "do it again on another thread, or clear the interrupt first with Thread.interrupted()",
                cause);
    }

    private static CancelledException cancelled(String work, @Nullable Throwable cause) {
        return Thread.currentThread().isInterrupted()
                ? interrupted(work, cause)
                : new CancelledException(
                        "a cancellation while " + work,
                        "a condition of cancelWhen that does not come true",
                        "do it again when it is wanted",
                        cause);
    }
}
