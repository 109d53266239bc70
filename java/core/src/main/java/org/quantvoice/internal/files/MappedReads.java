package org.quantvoice.internal.files;

import java.util.function.Supplier;
import org.quantvoice.error.ModelFormatException;

/**
 * The boundary of work that reads a mapped file. If another process cuts the file short, the JVM throws an InternalError where
 * Java reads beyond its end; native code would die, so it is never given the map itself.
 */
public final class MappedReads {
    private static final String FAULT = "unsafe memory access";

    /** The compiler must not know this number. */
    private static volatile int made = 8;

    private MappedReads() {}

    /**
     * @param subject what is read, for the message
     * @throws ModelFormatException if the file was cut short meanwhile
     */
    public static <T> T guard(String subject, Supplier<T> reading) {
        try {
            T result = reading.get();
            settle();
            return result;
        } catch (InternalError e) {
            throw lost(subject, e);
        }
    }

    /**
     * Lets the JVM throw a fault that it has only noted. HotSpot does so where a call into its runtime returns to Java: the
     * creation of an array of arrays whose sizes are not known to the compiler always is such a call, {@code Thread.yield()} is
     * not (JDK 17).
     */
    public static void settle() {
        int rows = made;
        made = new byte[rows][rows].length;
    }

    /** What to throw for an error of the JVM: the error itself if it is another one. */
    public static ModelFormatException lost(String subject, InternalError e) {
        if (e.getMessage() == null || !e.getMessage().contains(FAULT)) {
            throw e;
        }
        return new ModelFormatException(
                subject + ", which was cut short or overwritten while it was in use",
                "a file that stays as it is while it is open",
                "open the model again; replace files by renaming (mv), not in place (cp)",
                e);
    }
}
