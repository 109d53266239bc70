package org.quantvoice.spark;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;

/**
 * A file or a folder of the driver that Spark sends to each executor when it first asks. It is sent as broadcast
 * blocks, which executors also take from each other, and which Spark moves to disk if memory is short. Spark 4.0 does
 * not give files of {@code SparkContext.addFile} to the tasks of a {@code Dataset}, and sends no folders to a cluster.
 */
final class SentFiles implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int BLOCK = 4 << 20;

    /**
     * A single file.
     *
     * @param name its path within the folder, or its name if no folder is sent
     */
    private record Entry(String name, ArrayList<Broadcast<byte[]>> blocks) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    private final String name;
    private final boolean folder;
    private final ArrayList<Entry> entries = new ArrayList<>();

    /**
     * Reads the file or folder into blocks.
     *
     * @param sha256 of the file or folder: two models may both have a {@code tokens.json}, so places on executors are named by hash and name
     * @throws ModelFormatException if it cannot be read
     */
    SentFiles(SparkContext spark, Path file, String sha256) {
        name = "quantvoice-" + sha256 + "-" + file.getFileName() + "/" + file.getFileName();
        folder = Files.isDirectory(file);
        try (Stream<Path> walk = Files.walk(file)) {
            for (Path part : walk.filter(Files::isRegularFile).sorted().toList()) {
                entries.add(new Entry(file.relativize(part).toString(), blocks(spark, part)));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a file that the driver can read", "check it", e);
        }
    }

    private static ArrayList<Broadcast<byte[]>> blocks(SparkContext spark, Path file) throws IOException {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
        ArrayList<Broadcast<byte[]>> blocks = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (byte[] block = in.readNBytes(BLOCK); block.length > 0; block = in.readNBytes(BLOCK)) {
                blocks.add(context.broadcast(block));
            }
        }
        return blocks;
    }

    /**
     * Writes the file or folder to where Spark keeps the files of this JVM, unless it is there.
     *
     * @throws OutputException if that place cannot be written
     */
    Path received() {
        Path target = Path.of(SparkFiles.getRootDirectory()).toAbsolutePath().resolve(name);
        if (Files.exists(target)) {
            return target;
        }
        Path parent = requireNonNull(target.getParent());
        Path part = parent.resolveSibling(parent.getFileName() + "." + UUID.randomUUID());
        try {
            for (Entry entry : entries) {
                write(
                        entry,
                        folder
                                ? part.resolve(target.getFileName()).resolve(entry.name)
                                : part.resolve(target.getFileName()));
            }
            Files.move(part, parent, StandardCopyOption.ATOMIC_MOVE);
            return target;
        } catch (IOException e) {
            throw new OutputException(
                    target + ", which cannot be written: " + e, "space for the model on this machine", "free some", e);
        }
    }

    private static void write(Entry entry, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Broadcast<byte[]> block : entry.blocks) {
                out.write(block.value());
            }
        }
    }
}
