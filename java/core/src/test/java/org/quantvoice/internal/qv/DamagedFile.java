package org.quantvoice.internal.qv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.nativeengine.NativeEngine;

/** Opens and runs a {@code .qv} file of damaged bytes, and judges what comes of it. */
public final class DamagedFile {
    private static final int SAMPLES = 400;
    private static final long MOST_ALLOCATED = 256L << 20;

    private final Path file;

    /** @param folder where the bytes are put */
    DamagedFile(Path folder) {
        this.file = folder.resolve("damaged.qv");
    }

    /**
     * Fails on any exception but a {@link QuantVoiceException}, and if the heap must give more than 256 MiB. Native memory
     * is bounded by what the engine refuses.
     *
     * @return whether the bytes gave a model
     */
    boolean runsOrRefuses(byte[] damaged, String what) {
        long before = allocated();
        boolean ran = runs(damaged, what);
        if (allocated() - before > MOST_ALLOCATED) {
            // Classes loaded on the way count too: a second time they are there.
            before = allocated();
            runs(damaged, what);
            assertThat(allocated() - before).as("bytes allocated, " + what).isLessThan(MOST_ALLOCATED);
        }
        return ran;
    }

    private boolean runs(byte[] damaged, String what) {
        try {
            Files.write(file, damaged);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        ModelRequest request =
                new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        try (AcousticModel model = new NativeEngine().open(request)) {
            model.run(SmallModels.noise(SAMPLES));
            return true;
        } catch (QuantVoiceException e) {
            assertThat(e.getMessage()).as(what).isNotBlank();
            return false;
        } catch (RuntimeException | Error e) {
            return fail(what, e);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
