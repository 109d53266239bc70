package org.quantvoice.internal.kernels;

import java.util.Objects;
import org.quantvoice.error.EngineException;

/** Turns every native status into an exception; the codes are those of {@code quantvoice.h}. */
public final class Status {
    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = 1;
    private static final int OUT_OF_MEMORY = 2;
    private static final int UNSUPPORTED_ISA = 3;
    private static final int INVALID_STATE = 4;
    private static final int WRONG_RESULTS = 6;

    private Status() {}

    /** Returns if the status is OK; must be called on the thread that made the native call. */
    static void check(int status) {
        if (status == OK) {
            return;
        }
        String text = Objects.toString(Library.qv_last_error(), "");
        switch (status) {
            case INVALID_ARGUMENT -> throw new IllegalArgumentException(text);
            case INVALID_STATE -> throw new IllegalStateException(text);
            case OUT_OF_MEMORY ->
                throw new EngineException(text, "enough native memory", "close what is unused or use a smaller model");
            case UNSUPPORTED_ISA ->
                throw new EngineException(
                        text,
                        "one of: " + Library.qv_supported_tiers(),
                        "correct or leave out -D" + Kernels.ISA_PROPERTY);
            case WRONG_RESULTS ->
                throw new EngineException(
                        text, "the results of the scalar twins", "choose another tier with -D" + Kernels.ISA_PROPERTY);
            default ->
                throw new EngineException(text, "a system that grants the resource", "lower the number of threads");
        }
    }
}
