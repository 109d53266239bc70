package org.quantvoice.internal.kernels;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.NativeLibraryException;

/**
 * Proof that a tier's kernels give on this CPU what their scalar twins give. It takes some milliseconds, so what passed is
 * kept in the cache folder for this CPU model and this library; what failed is not kept, and is tried again at each start.
 */
final class SelfCheck {
    /** When tiers are checked: {@code always}, {@code once} (the default) or {@code off}. */
    static final String PROPERTY = "quantvoice.selfcheck";

    private static final int OK = 0;
    private static final int WRONG_RESULTS = 6;

    /** When tiers are checked. */
    enum Mode {
        ALWAYS,
        ONCE,
        OFF;

        /** Returns the mode that the system property asks for. */
        static Mode chosen() {
            String chosen = System.getProperty(PROPERTY, "once");
            for (Mode mode : values()) {
                if (mode.text().equals(chosen)) {
                    return mode;
                }
            }
            throw new NativeLibraryException(
                    "-D" + PROPERTY + "=" + chosen, "always, once or off", "correct the property or leave it out");
        }

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Runs the check of one tier. */
    @FunctionalInterface
    interface Check {
        /**
         * Says what is wrong with a tier; null if nothing is.
         *
         * @throws NativeLibraryException if the check itself cannot run
         */
        @Nullable
        String failureOf(String tier);
    }

    private final Mode mode;
    private final SelfCheckRecord passed;
    private final Check check;

    SelfCheck(Mode mode, SelfCheckRecord passed, Check check) {
        this.mode = mode;
        this.passed = passed;
        this.check = check;
    }

    /** Says what is wrong with a tier; null if it passed now or before, or is not to be checked. */
    @Nullable
    String failureOf(String tier) {
        if (mode == Mode.OFF || (mode == Mode.ONCE && passed.contains(tier))) {
            return null;
        }
        String failure = check.failureOf(tier);
        if (failure == null && mode == Mode.ONCE) {
            passed.add(tier);
        }
        return failure;
    }

    /** Runs the native check, whatever was found before; the library is loaded. */
    static @Nullable String run(String tier) {
        int status = Library.qv_check_tier((tier + "\0").getBytes(StandardCharsets.UTF_8));
        if (status == OK) {
            return null;
        }
        if (status == WRONG_RESULTS) {
            return Objects.requireNonNull(Library.qv_last_error());
        }
        Status.check(status);
        return null;
    }
}
