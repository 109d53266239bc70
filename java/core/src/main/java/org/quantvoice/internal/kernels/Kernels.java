package org.quantvoice.internal.kernels;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.files.ContentHash;
import org.quantvoice.internal.files.ResourceCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native kernels of this process: the tier in use, and the size of its packed weights. */
public final class Kernels {
    /** Name of the property that forces a tier by name; an unknown tier, or one that the CPU lacks, is an error. */
    public static final String ISA_PROPERTY = "quantvoice.isa";

    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
    private static final AtomicBoolean ANNOUNCED = new AtomicBoolean();
    private static boolean started;
    private static @Nullable Path library;

    private Kernels() {}

    /**
     * Returns the name of the tier in use, e.g. {@code avx512vnni}.
     *
     * @throws EngineException if there is no usable native library, or the forced tier is beyond this CPU or
     *     fails its self-check
     */
    public static String tier() {
        start();
        return Objects.requireNonNull(Library.qv_tier_name());
    }

    /**
     * Forces a tier for the whole process, as {@code -Dquantvoice.isa} does, and loads the library.
     *
     * @param isa the name of a tier
     * @throws EngineException if there is no usable native library, if the tier is unknown, beyond this CPU or fails
     *     its self-check, or if the kernels of another tier are in use already
     */
    public static synchronized void force(String isa) {
        String before = System.getProperty(ISA_PROPERTY);
        if (!started) {
            System.setProperty(ISA_PROPERTY, isa);
            try {
                start();
            } catch (RuntimeException | Error e) {
                restore(before);
                throw e;
            }
        }
        if (!tier().equals(isa)) {
            throw new EngineException(
                    "tier '" + isa + "' for a process that uses " + tier() + " already",
                    "a tier of " + String.join(", ", tiersOfCpu()) + ", before the first use of the kernels",
                    "start a new process for each tier");
        }
    }

    private static void restore(@Nullable String before) {
        if (before == null) {
            System.clearProperty(ISA_PROPERTY);
        } else {
            System.setProperty(ISA_PROPERTY, before);
        }
    }

    /** Returns the tiers that this CPU can run, slowest first, whether or not they pass their self-check. */
    public static List<String> supportedTiers() {
        start();
        return tiersOfCpu();
    }

    /**
     * Runs the self-check of every tier that this CPU has, whatever earlier checks found.
     *
     * @return what is wrong, one text for each tier that fails; empty if all pass
     */
    public static List<String> selfCheck() {
        start();
        return tiersOfCpu().stream()
                .map(SelfCheck::run)
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Returns the number of bytes of native memory that packed weights take on the tier in use.
     *
     * @param bits 2 to 8 of integers, 16 of bfloat16, 32 of float
     */
    public static long packedBytes(long outputs, long inputs, int bits) {
        start();
        long bytes = Library.qv_packed_bytes(outputs, inputs, bits);
        if (bytes <= 0) {
            throw new IllegalArgumentException("weights [" + outputs + ", " + inputs + "] of " + bits + " bits");
        }
        return bytes;
    }

    /**
     * Returns a text that identifies the layout of packed weights: the version of the SDK, the very native library,
     * and the tier in use.
     *
     * @throws EngineException if the library's file cannot be read any more
     */
    public static String layout() {
        start();
        Path file = Objects.requireNonNull(library);
        try {
            byte[] hash = ContentHash.of(file);
            return SdkVersion.text() + " " + HexFormat.of().formatHex(hash) + " " + tier();
        } catch (IOException e) {
            throw new EngineException(
                    "the native library " + file + ", which cannot be read any more (" + e + ")",
                    "a file that stays where it was loaded from",
                    "leave the library's file in place while the process runs, or keep no packed weights",
                    e);
        }
    }

    /** Loads the library and chooses the tier, once. */
    static synchronized void start() {
        if (started) {
            return;
        }
        SelfCheck.Mode mode = SelfCheck.Mode.chosen();
        Path file = NativeLibrary.load();
        library = file;
        SelfCheckRecord passed = SelfCheckRecord.of(
                ResourceCache.directory().orElse(null), file, Objects.requireNonNull(Library.qv_cpu_model()));
        SelfCheck check = new SelfCheck(mode, passed, SelfCheck::run);
        String isa = TierChoice.choose(System.getProperty(ISA_PROPERTY, ""), tiersOfCpu(), check);
        Status.check(Library.qv_init((isa + "\0").getBytes(StandardCharsets.UTF_8)));
        started = true;
    }

    private static List<String> tiersOfCpu() {
        return List.of(Objects.requireNonNull(Library.qv_supported_tiers()).split(" "));
    }

    static void announce(int threads) {
        if (ANNOUNCED.compareAndSet(false, true)) {
            LOG.info("kernels: {}, {} threads", tier(), threads);
        }
    }
}
