package org.quantvoice.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.quantvoice.error.ModelFormatException;

/** Computes hashes of files and folders, by which an executor checks that its files are those of the driver. */
final class ModelFiles {
    private static final int BLOCK = 1 << 16;

    private ModelFiles() {}

    /**
     * Returns the SHA-256 of a file in hexadecimal digits, or that of the names and hashes of all files in a folder.
     *
     * @throws ModelFormatException if it cannot be read
     */
    static String sha256(Path file) {
        try {
            return Files.isDirectory(file) ? ofFolder(file) : hex(digest(file));
        } catch (IOException | UncheckedIOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")",
                    "a file that the driver and every executor can read",
                    "put it there on every machine, or let Spark send it",
                    e);
        }
    }

    static String sha256(String text) {
        return hex(sha().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String ofFolder(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> files = walk.filter(Files::isRegularFile)
                    .filter(f ->
                            !f.getFileName().toString().endsWith(".crc")) // Hadoop writes these checksums beside a copy
                    .sorted()
                    .toList();
            for (Path file : files) {
                all.append(folder.relativize(file))
                        .append(' ')
                        .append(hex(digest(file)))
                        .append('\n');
            }
        }
        return sha256(all.toString());
    }

    private static byte[] digest(Path file) throws IOException {
        MessageDigest digest = sha();
        byte[] block = new byte[BLOCK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
        }
        return digest.digest();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest sha() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
