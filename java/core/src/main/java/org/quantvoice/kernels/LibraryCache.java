package org.quantvoice.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.quantvoice.error.NativeLibraryException;

/**
 * Where bundled libraries are unpacked: one directory a content hash, so versions live side by side and a new start
 * writes nothing. A file that differs from its bundled content is replaced.
 */
final class LibraryCache {
    private final Path directory;

    LibraryCache(Path directory) {
        this.directory = directory;
    }

    /** The directory of {@code -Dquantvoice.cachedir}, or {@code quantvoice} in the user's cache directory. */
    static LibraryCache standard() {
        String named = System.getProperty(NativeLibrary.CACHE_PROPERTY);
        if (named != null) {
            return new LibraryCache(Path.of(named));
        }
        String base = System.getenv("XDG_CACHE_HOME");
        Path cache =
                base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return new LibraryCache(cache.resolve("quantvoice"));
    }

    /** The path of a file with this content; written only if it is not there yet, and then atomically. */
    Path extract(String name, byte[] content) {
        Path file = directory.resolve(hash(content)).resolve(name).toAbsolutePath();
        try {
            if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
                write(file, content);
            }
        } catch (IOException e) {
            throw new NativeLibraryException(
                    "the cache directory " + directory.toAbsolutePath() + ", which cannot be used (" + e + ")",
                    "a directory that may be written and whose files may be executed",
                    "set -D" + NativeLibrary.CACHE_PROPERTY + " to such a directory",
                    e);
        }
        return file;
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Path temporary =
                Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp");
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
