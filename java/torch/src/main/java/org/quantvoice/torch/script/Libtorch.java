package org.quantvoice.torch.script;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.files.ResourceCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtorch once, and converts its strings and errors to Java ones. An error becomes one line. */
public final class Libtorch {
    private static final Logger LOG = LoggerFactory.getLogger(Libtorch.class);
    private static final String MAX_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

    static {
        // JavaCPP counts mapped files as used memory and would refuse to allocate; the limit must be set before its
        // class Pointer loads
        if (System.getProperty(MAX_BYTES) == null
                && System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
            System.setProperty(MAX_BYTES, "0");
        }
    }

    private static final @Nullable Throwable LOAD_FAILURE = tryLoad();

    private static final AtomicInteger BLAS_THREADS = new AtomicInteger();

    private Libtorch() {}

    private static @Nullable Throwable tryLoad() {
        try {
            ResourceCache.settleJavacpp();
            Loader.load(torch.class);
            return null;
        } catch (LinkageError | RuntimeException e) {
            return e;
        }
    }

    /**
     * Loads libtorch if it is not loaded yet.
     *
     * @throws EngineException if it is not on the class path for this platform or cannot be loaded
     */
    public static void load() {
        if (LOAD_FAILURE != null) {
            throw new EngineException(
                    "no usable libtorch for " + Loader.getPlatform() + " (" + brief(LOAD_FAILURE) + ")",
                    "org.bytedeco:pytorch and openblas with this platform's classifier",
                    "add them to the class path, or use the native engine",
                    LOAD_FAILURE);
        }
    }

    /**
     * Sets the number of threads of libtorch's operators, which each calling thread has of its own, and of OpenBLAS,
     * which the process has once. libtorch leaves OpenBLAS at all cores, where the two pools of threads would compete
     * for the cores.
     */
    static void threads(int threads) {
        if (torch.get_num_threads() != threads) {
            torch.set_num_threads(threads);
        }
        if (BLAS_THREADS.getAndSet(threads) != threads) {
            openblas_nolapack.blas_set_num_threads(threads);
        }
    }

    /** Returns a string of libtorch, which gives a null pointer for the empty string. */
    public static String text(@Nullable BytePointer string) {
        return string == null || string.isNull() ? "" : string.getString();
    }

    /** Runs native work; what C++ throws is logged in full at DEBUG and handed on as {@link TorchFailure} in one line. */
    public static <T> T call(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            if (e.getClass() != RuntimeException.class) {
                throw e; // JavaCPP throws a plain RuntimeException for every C++ exception, so this one is not from C++
            }
            LOG.debug("libtorch failed", e);
            throw new TorchFailure(brief(e));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the sentence that matters of a C++ or TorchScript error in one line: the text after the last {@code
     * RuntimeError:}.
     */
    public static String brief(Throwable e) {
        String all = String.valueOf(e.getMessage());
        int script = all.lastIndexOf("RuntimeError: ");
        String tail = script < 0 ? all : all.substring(script + "RuntimeError: ".length());
        int trace = tail.indexOf("Exception raised from ");
        String line = (trace < 0 ? tail : tail.substring(0, trace)).strip();
        int end = line.indexOf('\n');
        return (end < 0 ? line : line.substring(0, end)).strip();
    }

    /**
     * An error of libtorch, in libtorch's words. Callers turn it into an exception that says what was tried; it never
     * leaves the torch packages.
     */
    public static final class TorchFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TorchFailure(String message) {
            super(message);
        }

        /** Returns libtorch's message, which is never null. */
        @Override
        public String getMessage() {
            return requireNonNull(super.getMessage());
        }
    }
}
