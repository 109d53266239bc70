package org.quantvoice.internal.exec;

import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.quantvoice.error.ModelFormatException;

/**
 * The boundary behind which a graph is taken at its word. Sizes that fit for no input, or not together, show only when a
 * program is planned for sizes in numbers, as an arithmetic or argument exception deep in the planner or as the executor's
 * refusal; here they become the exception that blames the model.
 */
public final class Soundness {
    private Soundness() {}

    /**
     * @param subject what is planned, for the message
     * @throws ModelFormatException if planning fails by the graph's fault
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
