package org.quantvoice.internal.files;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources of the class path or module path as files, for code that needs a path: models, which are mapped, and native
 * libraries. Each lies at {@code <cache>/<checksum and size>/<name>}: versions live side by side, and a new start writes
 * nothing. A file whose content differs from the resource's, such as a damaged one, is replaced. Safe for several threads
 * and processes at once.
 *
 * <p>The checksum is the CRC-32 that a jar holds of each entry: a start reads the cached file once and never inflates the
 * jar's. It finds damage, not malice: whoever may write to the cache may run code as its user.
 */
public final class ResourceCache {
    /** The system property that moves the cache. */
    public static final String DIRECTORY_PROPERTY = "quantvoice.cachedir";

    private static final Logger LOG = LoggerFactory.getLogger(ResourceCache.class);
    private static @Nullable Path temporary;

    private ResourceCache() {}

    /** {@code -Dquantvoice.cachedir}, or {@code quantvoice} in the user's cache folder. */
    public static Path directory() {
        String chosen = chosen();
        if (chosen != null) {
            return Path.of(chosen);
        }
        String base = System.getenv("XDG_CACHE_HOME");
        Path cache = base == null || base.isEmpty()
                ? Path.of(System.getProperty("user.home", "."), ".cache")
                : Path.of(base);
        return cache.resolve("quantvoice");
    }

    private static @Nullable String chosen() {
        String chosen = System.getProperty(DIRECTORY_PROPERTY, "");
        return chosen.isBlank() ? null : chosen;
    }

    /**
     * The resource as a file; one that already is a file is not copied. If the user's cache folder cannot be written, a
     * folder in {@code java.io.tmpdir} that lasts as long as this process takes its place, told by one warning; a folder
     * that was chosen by the property is never replaced.
     *
     * @throws OutputException if the cache cannot be written
     */
    public static Path file(URL resource) {
        try {
            if (resource.getProtocol().equals("file")) {
                return Path.of(resource.toURI());
            }
            return extract(JarContent.of(resource));
        } catch (IOException | URISyntaxException e) {
            throw new OutputException(
                    "the resource " + resource + ", which cannot be read (" + e + ")",
                    "a whole jar",
                    "get the jar again",
                    e);
        }
    }

    private static Path extract(JarContent content) throws IOException {
        Path directory = directory().toAbsolutePath();
        try {
            return content.extractTo(directory);
        } catch (JarContent.WriteException e) {
            if (chosen() != null) {
                throw failed(directory, e);
            }
            return extractToTemporary(content, directory, e);
        }
    }

    private static Path extractToTemporary(JarContent content, Path refused, JarContent.WriteException reason)
            throws IOException {
        try {
            return content.extractTo(temporary(refused, reason));
        } catch (JarContent.WriteException e) {
            e.addSuppressed(reason);
            throw failed(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }

    /** Of an unpredictable name, readable by its owner only: nobody can put a library there beforehand. */
    private static synchronized Path temporary(Path refused, JarContent.WriteException reason)
            throws JarContent.WriteException {
        if (temporary == null) {
            try {
                Path created = Files.createTempDirectory("quantvoice-");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(created)));
                LOG.warn(
                        "the cache folder {} cannot be used ({}): unpacking to {} at every start; choose a folder with -D{}",
                        refused,
                        reason.getMessage(),
                        created,
                        DIRECTORY_PROPERTY);
                temporary = created;
            } catch (IOException e) {
                throw new JarContent.WriteException(e);
            }
        }
        return temporary;
    }

    private static OutputException failed(Path folder, JarContent.WriteException e) {
        Throwable cause = e.getCause();
        String reason = cause instanceof QuantVoiceException q ? q.got() : String.valueOf(cause);
        return new OutputException(
                "no way to extract to the cache folder " + folder + " (" + reason + ")",
                "a folder that can be written and has room",
                "choose one with -D" + DIRECTORY_PROPERTY + "=FOLDER",
                e);
    }
}
