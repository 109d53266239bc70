package org.quantvoice.internal.kernels;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.EngineException;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.files.ResourceCache;

/**
 * Finds and loads the shared library, once for each class loader, in this order: the file of {@code
 * -Dquantvoice.library}; the library bundled in a natives jar, extracted to the {@link ResourceCache}; {@code
 * java.library.path}. A source that is there but unusable is an error, never passed over.
 */
public final class NativeLibrary {
    static final String LIBRARY_PROPERTY = "quantvoice.library";

    private static final String NAME = "jniquantvoice";
    // JavaCPP counts mapped files as memory in use, and would refuse to load beside a large mapped model.
    private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

    private static boolean loaded;
    private static @Nullable Path libraryFile;

    private NativeLibrary() {}

    /** Loads the library, once; returns its file, or null if the file is not known. */
    static synchronized @Nullable Path load() {
        if (loaded) {
            return libraryFile;
        }
        if (System.getProperty(JAVACPP_LIMIT) == null) {
            System.setProperty(JAVACPP_LIMIT, "0");
        }
        settleJavacpp();
        Path named = explicitFile();
        URL bundled = named == null ? NativePlatform.bundled(NativePlatform.current()) : null;
        if (named != null) {
            loadFile(named);
            libraryFile = named;
        } else if (bundled != null) {
            libraryFile = extract(bundled);
            loadBundled(libraryFile);
        } else {
            libraryFile = onPath();
            loadFromPath(libraryFile);
        }
        loaded = true;
        return libraryFile;
    }

    /**
     * Returns the file that {@code System.loadLibrary} loaded: the one in the first folder of the path that has it.
     */
    private static @Nullable Path onPath() {
        return Stream.of(System.getProperty("java.library.path", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, System.mapLibraryName(NAME)))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    private static void settleJavacpp() {
        try {
            ResourceCache.settleJavacpp();
        } catch (OutputException e) {
            throw new EngineException(e.got(), e.expected(), e.cure(), e);
        }
    }

    private static @Nullable Path explicitFile() {
        String named = System.getProperty(LIBRARY_PROPERTY);
        if (named == null) {
            return null;
        }
        try {
            Path file = Path.of(named).toAbsolutePath();
            if (Files.isRegularFile(file)) {
                return file;
            }
            throw noFile(named, null);
        } catch (InvalidPathException e) { // such as a name with a <, which Windows forbids
            throw noFile(named, e);
        }
    }

    private static EngineException noFile(String named, @Nullable Exception reason) {
        return new EngineException(
                "-D" + LIBRARY_PROPERTY + "=" + named + ", which is no file",
                "the path of " + System.mapLibraryName(NAME),
                "correct the property, or leave it out to use the bundled library",
                reason);
    }

    private static Path extract(URL resource) {
        try {
            return ResourceCache.file(resource);
        } catch (OutputException e) {
            throw new EngineException(e.got(), e.expected(), e.cure(), e);
        }
    }

    /**
     * Loads the bundled library. The JVM loads a file for one class loader only; a second loader gets a copy, which
     * has its own native state.
     */
    private static void loadBundled(Path file) {
        ElfFile.requireWhole(file);
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            if (!LoadFailure.isOfAnotherLoader(e)) {
                throw LoadFailure.diagnose(file, e);
            }
            Path copy = copy(file);
            loadFile(copy);
            if (!copy.toFile().delete()) { // some systems do not delete the files of loaded libraries
                copy.toFile().deleteOnExit();
            }
        }
    }

    private static Path copy(Path file) {
        try {
            Path copy = Files.createTempFile(file.getParent(), "loader-", "-" + file.getFileName());
            return Files.write(copy, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new EngineException(
                    "no way to copy " + file + " for a second class loader (" + e + ")",
                    "a cache folder that can be written",
                    "choose one with -D" + ResourceCache.DIRECTORY_PROPERTY
                            + "=FOLDER, or move the QuantVoice jars to a" + " class loader that all share",
                    e);
        }
    }

    private static void loadFromPath(@Nullable Path file) {
        if (file != null) {
            ElfFile.requireWhole(file);
        }
        try {
            System.loadLibrary(NAME);
        } catch (UnsatisfiedLinkError e) {
            throw LoadFailure.absent(e);
        }
    }

    /** Loads a file, or throws an exception that says why it cannot be loaded. */
    static void loadFile(Path file) {
        ElfFile.requireWhole(file);
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            throw LoadFailure.diagnose(file, e);
        }
    }
}
