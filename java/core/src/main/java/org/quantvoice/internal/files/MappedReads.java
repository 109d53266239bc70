package org.quantvoice.internal.files;

import java.util.function.Supplier;
import org.quantvoice.error.ModelFormatException;

/**
 * The boundary of work that reads a mapped file. If another process cuts the file short, the JVM throws an InternalError where
 * Java reads beyond its end; native code would die, so it is never given the map itself.
 */
public final class MappedReads {
    private static final String FAULT = "unsafe memory access";

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

    /** The JVM may only note a fault, and throws it at the next return from native code: this is one. */
    public static void settle() {
        Thread.yield();
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
