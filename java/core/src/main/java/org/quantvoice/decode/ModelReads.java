package org.quantvoice.decode;

import java.lang.ref.Reference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/**
 * Work that reads a language model whose file may be mapped. If another process cuts that file short, reads give any
 * bytes, and the JVM throws an InternalError when the thread next leaves compiled code, which may be after the work.
 */
final class ModelReads {
    /** Length of an array for which a thread's own part of the heap is too small, so that the JVM is called. */
    private static final int TOO_LARGE_FOR_A_THREAD = 4 << 20;

    private ModelReads() {}

    /**
     * Does the work and checks afterwards that the file is still whole, so that nothing computed from lost pages is
     * returned and the JVM's error is thrown here and nowhere later.
     *
     * @throws ModelFormatException if the file was cut short
     */
    static <T> T checked(@Nullable LmOptions lm, Supplier<T> work) {
        if (lm == null) {
            return work.get();
        }
        try {
            return attempt(lm.model(), work);
        } catch (InternalError e) {
            throw lost(lm.model(), e);
        }
    }

    /**
     * Does the work; if it fails, makes the JVM throw here what else it has to say of the reads. Java 17 throws that
     * where code calls the JVM, which the allocation of a large array does and a handler of exceptions may do; later
     * versions throw it at the next method or loop.
     */
    private static <T> T attempt(LanguageModel model, Supplier<T> work) {
        try {
            T result = work.get();
            // A text that begins makes a mapped model ask the system for the length of its file.
            model.emptyState(new LmState());
            return result;
        } catch (InternalError | ModelFormatException e) {
            Reference.reachabilityFence(new byte[TOO_LARGE_FOR_A_THREAD]);
            throw e;
        }
    }

    /** Does work without result; see {@link #checked(LmOptions, Supplier)}. */
    static void check(@Nullable LmOptions lm, Runnable work) {
        checked(lm, () -> {
            work.run();
            return Boolean.TRUE;
        });
    }

    private static ModelFormatException lost(LanguageModel model, InternalError cause) {
        return new ModelFormatException(
                "the language model " + model + ", which was cut short or lost while it was in use",
                "a file that stays as it is while it is open",
                "open the model again; replace files by renaming (mv), not in place (cp)",
                cause);
    }
}
