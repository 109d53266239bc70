package org.quantvoice.internal.kernels;

import java.net.URL;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Platforms in JavaCPP's naming, e.g. {@code linux-x86_64}, and the libraries that the class path holds for them. */
public final class NativePlatform {
    private static final List<String> KNOWN =
            List.of("linux-x86_64", "linux-arm64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");

    private NativePlatform() {}

    /** Returns the name of the running platform. */
    static String current() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String system = os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "macosx" : os.split(" ", 2)[0];
        return switch (arch) {
            case "amd64", "x86_64" -> system + "-x86_64";
            case "aarch64", "arm64" -> system + "-arm64";
            default -> system + "-" + arch;
        };
    }

    /**
     * Returns the library of a platform. A class of a named module finds only that module's resources; its loader
     * finds those of the natives' modules.
     */
    static @Nullable URL bundled(String platform) {
        return NativePlatform.class
                .getClassLoader()
                .getResource("org/quantvoice/internal/kernels/" + platform + "/" + fileName(platform));
    }

    private static String fileName(String platform) {
        if (platform.startsWith("windows")) {
            return "jniquantvoice.dll";
        }
        return "libjniquantvoice." + (platform.startsWith("macosx") ? "dylib" : "so");
    }

    /**
     * Returns the platforms for which a library is on the class path, whether or not they include the running one.
     */
    static List<String> present() {
        return KNOWN.stream().filter(platform -> bundled(platform) != null).toList();
    }
}
