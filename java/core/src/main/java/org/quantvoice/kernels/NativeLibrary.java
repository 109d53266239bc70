package org.quantvoice.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.NativeLibraryException;

/**
 * Finds and loads the shared library, once a process, in this order: the file of {@code -Dquantvoice.library}; the
 * library bundled in a natives jar on the class path, extracted to {@code -Dquantvoice.cachedir} (default: the user's
 * cache directory); {@code java.library.path}. A source that is there but unusable is an error, never passed over.
 */
final class NativeLibrary {
    static final String LIBRARY_PROPERTY = "quantvoice.library";
    static final String CACHE_PROPERTY = "quantvoice.cachedir";

    private static final String NAME = "jniquantvoice";
    // JavaCPP counts mapped files as memory in use, and would refuse to load beside a large mapped model.
    private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

    private static boolean loaded;

    private NativeLibrary() {}

    static synchronized void load() {
        if (loaded) {
            return;
        }
        if (System.getProperty(JAVACPP_LIMIT) == null) {
            System.setProperty(JAVACPP_LIMIT, "0");
        }
        Path file = explicitFile();
        if (file == null) {
            file = bundledFile();
        }
        if (file != null) {
            loadFile(file);
        } else {
            loadFromPath();
        }
        loaded = true;
    }

    /** The running platform in JavaCPP's naming, e.g. {@code linux-x86_64}. */
    static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String system = os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "macosx" : os.split(" ", 2)[0];
        return switch (arch) {
            case "amd64", "x86_64" -> system + "-x86_64";
            case "aarch64", "arm64" -> system + "-arm64";
            default -> system + "-" + arch;
        };
    }

    private static @Nullable Path explicitFile() {
        String named = System.getProperty(LIBRARY_PROPERTY);
        if (named == null) {
            return null;
        }
        Path file = Path.of(named).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new NativeLibraryException(
                    "-D" + LIBRARY_PROPERTY + "=" + named + ", which is no file",
                    "the path of " + System.mapLibraryName(NAME),
                    "correct the property, or leave it out to use the bundled library");
        }
        return file;
    }

    private static @Nullable Path bundledFile() {
        String resource = platform() + "/" + System.mapLibraryName(NAME);
        try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
            return in == null ? null : LibraryCache.standard().extract(System.mapLibraryName(NAME), in.readAllBytes());
        } catch (IOException e) {
            throw new NativeLibraryException(
                    "the bundled library " + resource + ", which cannot be read",
                    "a whole natives jar",
                    "replace the quantvoice-core natives jar",
                    e);
        }
    }

    private static void loadFromPath() {
        try {
            System.loadLibrary(NAME);
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLibraryException(
                    "no native library for " + platform(),
                    "one on the class path or in java.library.path",
                    "add the quantvoice-core jar with classifier " + platform() + ", or set -D" + LIBRARY_PROPERTY,
                    e);
        }
    }

    private static void loadFile(Path file) {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            throw diagnose(file, e);
        }
    }

    static NativeLibraryException diagnose(Path file, UnsatisfiedLinkError error) {
        String message = Objects.toString(error.getMessage(), "");
        if (message.contains("GLIBC")) {
            return new NativeLibraryException(
                    "a C library older than " + file.getFileName() + " was built for (" + message + ")",
                    "a glibc that has every symbol version that it needs",
                    "update the system, or build the library on it with cppbuild.sh",
                    error);
        }
        if (message.contains("another classloader")) {
            return new NativeLibraryException(
                    file + ", loaded by another class loader already",
                    "one class loader that holds QuantVoice",
                    "move the QuantVoice jars to the class loader that both applications share",
                    error);
        }
        return new NativeLibraryException(
                file + ", which the system cannot load (" + message + ")",
                "a whole library for " + platform(),
                "delete the file or replace the natives jar",
                error);
    }
}
