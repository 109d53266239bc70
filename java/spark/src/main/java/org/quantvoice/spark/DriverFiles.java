package org.quantvoice.spark;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkContext;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;

/**
 * The files of models that the driver keeps for each application: those that it sent, by hash, and copies of files of
 * other file systems.
 */
final class DriverFiles {
    private static final Map<SparkContext, DriverFiles> ALL = new WeakHashMap<>();

    private final SparkContext spark;
    private final Map<String, SentFiles> sent = new HashMap<>();
    private final Map<String, Path> copies = new HashMap<>();

    private DriverFiles(SparkContext spark) {
        this.spark = spark;
    }

    static DriverFiles of(SparkContext spark) {
        synchronized (ALL) {
            return ALL.computeIfAbsent(spark, DriverFiles::new);
        }
    }

    /** Removes the copies of an application that ended. */
    static void forget(SparkContext spark) {
        DriverFiles files;
        synchronized (ALL) {
            files = ALL.remove(spark);
        }
        if (files != null) {
            files.copies.values().forEach(copy -> delete(requireNonNull(copy.getParent())));
        }
    }

    /** Makes a file or a folder ready for executors. The same content is read only once. */
    synchronized SentFiles send(Path file, String sha256) {
        return sent.computeIfAbsent(sha256 + file.getFileName(), k -> new SentFiles(spark, file, sha256));
    }

    /**
     * Copies a file or a folder of any file system that Hadoop knows to this machine, unless it is the same as before.
     *
     * @throws ModelFormatException if it does not exist or cannot be read
     */
    synchronized Path fetch(String address) {
        try {
            org.apache.hadoop.fs.Path from = new org.apache.hadoop.fs.Path(address);
            FileSystem system = from.getFileSystem(spark.hadoopConfiguration());
            FileStatus status = system.getFileStatus(from);
            String version = address + " " + status.getLen() + " " + status.getModificationTime();
            Path known = copies.get(version);
            if (known != null) {
                return known;
            }
            Path copy = copy(system, from);
            copies.put(version, copy);
            return copy;
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelFormatException(
                    address + ", which cannot be read (" + e + ")",
                    "a file that the driver can read",
                    "check the address and its permissions",
                    e);
        }
    }

    private static Path copy(FileSystem system, org.apache.hadoop.fs.Path from) throws IOException {
        Path folder = Files.createTempDirectory("quantvoice-model");
        Path copy = folder.resolve(from.getName());
        try {
            system.copyToLocalFile(false, from, new org.apache.hadoop.fs.Path(copy.toUri()), true);
            return copy;
        } catch (IOException | RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new OutputException(folder + ", which cannot be removed: " + e, "a temporary folder", "remove it", e);
        }
    }
}
