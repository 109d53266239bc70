package org.quantvoice.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.quantvoice.error.OutputException;

/**
 * Resources of the class path as files, for code that needs a path: {@code <cache>/<hash of the content>/<name>}. Each is
 * extracted once; a new version of a jar has another hash, so nothing is ever overwritten and nothing goes stale.
 */
public final class ResourceCache {
    /** The system property that moves the cache. */
    public static final String DIRECTORY_PROPERTY = "quantvoice.cachedir";

    private static final int HASH_CHARACTERS = 32;

    private ResourceCache() {}

    /** {@code -Dquantvoice.cachedir}, or {@code quantvoice} in the user's cache folder. */
    public static Path directory() {
        String chosen = System.getProperty(DIRECTORY_PROPERTY, "");
        if (!chosen.isBlank()) {
            return Path.of(chosen);
        }
        String base = System.getenv("XDG_CACHE_HOME");
        Path cache = base == null || base.isEmpty()
                ? Path.of(System.getProperty("user.home", "."), ".cache")
                : Path.of(base);
        return cache.resolve("quantvoice");
    }

    /**
     * The resource as a file; one that already is a file is not copied.
     *
     * @throws OutputException if the cache cannot be written
     */
    public static Path file(URL resource) {
        try {
            if (resource.getProtocol().equals("file")) {
                return Path.of(resource.toURI());
            }
            byte[] content;
            try (InputStream in = resource.openStream()) {
                content = in.readAllBytes();
            }
            return extract(content, name(resource));
        } catch (IOException | URISyntaxException e) {
            throw failed(directory(), e);
        }
    }

    private static Path extract(byte[] content, String name) {
        Path target = directory().resolve(hash(content)).resolve(name);
        try {
            // The name holds the hash and the file was moved into place whole: its size is proof enough.
            if (!Files.isRegularFile(target) || Files.size(target) != content.length) {
                Files.createDirectories(target.getParent());
                AtomicFile.write(target, out -> out.write(content));
            }
            return target;
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    private static String name(URL resource) {
        String path = resource.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest).substring(0, HASH_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static OutputException failed(Path path, Exception e) {
        return new OutputException(
                "no way to extract to " + path + " (" + e + ")",
                "a cache folder that can be written",
                "choose one with -D" + DIRECTORY_PROPERTY + "=FOLDER",
                e);
    }
}
