package org.quantvoice.internal.kernels;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.EngineException;

/**
 * Checks that a tier's kernels compute the same on this CPU as their scalar twins. This takes some milliseconds, so a
 * pass is recorded in the cache folder for this CPU model and this library; a failure is not recorded, and the check
 * runs again at each start.
 */
final class SelfCheck {
    /**
     * Name of the property that says when tiers are checked: {@code always}, {@code once} (the default) or {@code
     * off}.
     */
    static final String PROPERTY = "quantvoice.selfcheck";

    private static final int OK = 0;
    private static final int WRONG_RESULTS = 6;

    /** The occasions at which tiers are checked. */
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
            throw new EngineException(
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
         * Returns what is wrong with a tier; null if it passes.
         *
         * @throws EngineException if the check itself cannot run
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

    /** Returns what is wrong with a tier; null if it passes now, passed before, or is not to be checked. */
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

    /** Runs the native check, whatever earlier checks found; the library must be loaded. */
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
