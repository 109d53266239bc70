package org.quantvoice.internal.files;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.OutputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies resources of the class path or module path to files, for code that needs a path: models, which are mapped,
 * and native libraries. Each lies at {@code <cache>/<SHA-256>/<name>}: versions live side by side, and a new start
 * writes nothing. A file that lies there is compared with the resource before it is used, without following links,
 * and replaced if it differs. Safe for several threads and processes at once.
 *
 * <p>The cache is a folder below an absolute path that belongs to the process's user (or root) and that others cannot
 * write to, nor to any folder above it; a user without a home gets a fresh temporary folder.
 */
public final class ResourceCache {
    /** Name of the system property that moves the cache. */
    public static final String DIRECTORY_PROPERTY = "quantvoice.cachedir";

    private static final String JAVACPP_PROPERTY = "org.bytedeco.javacpp.cachedir";
    private static final String OWN = "rwx------";
    /**
     * Permissions of a folder that the property names: one user may fill it when an image is built, and others read
     * it.
     */
    private static final String CHOSEN = "rwxr-xr-x";

    private static final Logger LOG = LoggerFactory.getLogger(ResourceCache.class);
    private static @Nullable Path temporary;

    private ResourceCache() {}

    /**
     * Returns the folder of {@code -Dquantvoice.cachedir}, or {@code quantvoice} in the user's cache folder; empty if
     * there is none, as for users without a home, whose {@code user.home} is {@code ?}.
     *
     * @throws OutputException if the property's value can be no path on this system
     */
    public static Optional<Path> directory() {
        String chosen = chosen();
        return chosen == null ? usersOwn() : Optional.of(path(chosen));
    }

    private static Path path(String chosen) {
        try {
            return Path.of(chosen).toAbsolutePath();
        } catch (InvalidPathException e) { // such as a path with a <, which Windows forbids
            throw new OutputException(
                    "-D" + DIRECTORY_PROPERTY + "=" + chosen + ", which is no path here (" + e.getReason() + ")",
                    "the path of a folder",
                    "correct the property, or leave it out for the user's cache folder",
                    e);
        }
    }

    private static Optional<Path> usersOwn() {
        Optional<Path> base = absolute(System.getenv("XDG_CACHE_HOME"));
        if (base.isEmpty()) {
            base = absolute(System.getProperty("user.home")).map(home -> home.resolve(".cache"));
        }
        return base.map(cache -> cache.resolve("quantvoice"));
    }

    /**
     * Returns an absolute path. Relative paths are ignored, because a cache must not depend on the working directory
     * of the process.
     */
    private static Optional<Path> absolute(@Nullable String path) {
        if (path == null || path.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(path)).filter(Path::isAbsolute).map(Path::normalize);
        } catch (InvalidPathException e) {
            LOG.debug("no folder of the user: {}", e.toString()); // such as ?, which Windows forbids in a path
            return Optional.empty();
        }
    }

    private static @Nullable String chosen() {
        String chosen = System.getProperty(DIRECTORY_PROPERTY, "");
        return chosen.isBlank() ? null : chosen;
    }

    /**
     * Gives JavaCPP a folder of the cache for its own libraries, unless a property names one or the user has a
     * trustworthy home: JavaCPP would take a relative folder, or one of a fixed name in {@code /tmp}. It must be
     * called before JavaCPP loads.
     *
     * @throws OutputException if no folder can be made
     */
    public static void settleJavacpp() {
        if (System.getProperty(JAVACPP_PROPERTY) != null
                || System.getProperty("org.bytedeco.javacpp.cacheDir") != null) {
            return;
        }
        Optional<Path> home = absolute(System.getProperty("user.home"));
        try {
            if (home.isPresent()) {
                Path own = home.get().resolve(".javacpp").resolve("cache");
                PrivateFolder.requireClosedAbove(own);
                PrivateFolder.prepare(own, OWN);
                return;
            }
        } catch (IOException e) {
            LOG.debug("JavaCPP cannot use {}: {}", home.get(), e.toString());
        }
        System.setProperty(JAVACPP_PROPERTY, javacppFolder().toString());
    }

    private static Path javacppFolder() {
        try {
            return ofJavacpp(usable(), chosen() == null ? OWN : CHOSEN);
        } catch (ResourceContent.WriteException e) {
            if (chosen() != null) {
                throw failed(directory().orElseThrow(), e);
            }
            return temporaryOfJavacpp(e);
        }
    }

    private static Path temporaryOfJavacpp(ResourceContent.WriteException reason) {
        try {
            return ofJavacpp(temporary(reason), OWN);
        } catch (ResourceContent.WriteException e) {
            throw failed(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }

    private static Path ofJavacpp(Path cache, String permissions) throws ResourceContent.WriteException {
        try {
            Path folder = cache.resolve("javacpp");
            PrivateFolder.prepare(folder, permissions);
            return folder;
        } catch (IOException e) {
            throw new ResourceContent.WriteException(e);
        }
    }

    /**
     * Returns the resource as a file; a resource that already is a file is not copied. If the user's cache folder
     * cannot be written, a folder in {@code java.io.tmpdir} that lasts as long as this process takes its place, and
     * one warning says so; a folder that the property names is never replaced.
     *
     * @throws OutputException if the cache cannot be written
     */
    public static Path file(URL resource) {
        try {
            if (resource.getProtocol().equals("file")) {
                return Path.of(resource.toURI());
            }
            return extract(ResourceContent.of(resource));
        } catch (IOException | URISyntaxException e) {
            throw new OutputException(
                    "the resource " + resource + ", which cannot be read (" + e + ")",
                    "a whole jar",
                    "get the jar again",
                    e);
        }
    }

    private static Path extract(ResourceContent content) {
        try {
            if (chosen() != null) {
                return content.extractTo(usable(), CHOSEN);
            }
        } catch (ResourceContent.WriteException e) {
            throw failed(directory().orElseThrow(), e);
        }
        return extractToOwn(content);
    }

    private static Path extractToOwn(ResourceContent content) {
        ResourceContent.WriteException reason = null;
        try {
            return content.extractTo(usable(), OWN);
        } catch (ResourceContent.WriteException e) {
            reason = e;
        }
        try {
            return content.extractTo(temporary(reason), OWN);
        } catch (ResourceContent.WriteException e) {
            e.addSuppressed(reason);
            throw failed(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }

    /** Returns the checked folder of the cache; a temporary one if the user has no trustworthy folder. */
    private static Path usable() throws ResourceContent.WriteException {
        Optional<Path> directory = directory();
        if (directory.isEmpty()) {
            return temporary(new ResourceContent.WriteException(
                    new IOException("the user's home is '" + System.getProperty("user.home") + "'")));
        }
        if (chosen() != null) {
            return directory.get();
        }
        try {
            PrivateFolder.requireClosedAbove(directory.get());
            PrivateFolder.close(directory.get());
            return directory.get();
        } catch (IOException e) {
            return temporary(new ResourceContent.WriteException(e));
        }
    }

    /** Makes a folder with an unpredictable name that is open to its owner only, so that nobody can put a library there beforehand. */
    private static synchronized Path temporary(ResourceContent.WriteException reason)
            throws ResourceContent.WriteException {
        if (temporary == null) {
            try {
                Path created = Files.createTempDirectory("quantvoice-");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(created)));
                LOG.warn(
                        "the cache folder {} cannot be used ({}): unpacking to {} at every start; choose a folder with -D{}",
                        directory().map(Path::toString).orElse("of this user"),
                        reason.getMessage(),
                        created,
                        DIRECTORY_PROPERTY);
                temporary = created;
            } catch (IOException e) {
                throw new ResourceContent.WriteException(e);
            }
        }
        return temporary;
    }

    private static OutputException failed(Path folder, Exception e) {
        Throwable cause = e instanceof ResourceContent.WriteException ? e.getCause() : e;
        return new OutputException(
                "no way to extract to the cache folder " + folder + " (" + cause + ")",
                "a folder that can be written, belongs to this user, and is closed to writing by others",
                "choose one with -D" + DIRECTORY_PROPERTY + "=FOLDER",
                e);
    }
}
