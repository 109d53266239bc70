package org.quantvoice.internal.exec;

import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.quantvoice.error.ModelFormatException;

/**
 * Turns failures of planning that a damaged graph causes into a {@link ModelFormatException}. Sizes that fit no
 * input, or do not fit together, show only when a program is planned for sizes in numbers, as an arithmetic or
 * argument exception deep in the planner or as the executor's refusal.
 */
public final class Soundness {
    private Soundness() {}

    /**
     * Runs a piece of planning.
     *
     * @param subject what is planned, for the message
     * @throws ModelFormatException if planning fails because of the graph
     */
    public static <T> T check(String subject, Supplier<T> planning) {
        try {
            return planning.get();
        } catch (ArithmeticException
                | IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NoSuchElementException e) {
            throw new ModelFormatException(
                    subject + " that cannot be planned (" + e + ")",
                    "a graph whose sizes fit each other",
                    "write or download the model again",
                    e);
        }
    }
}
