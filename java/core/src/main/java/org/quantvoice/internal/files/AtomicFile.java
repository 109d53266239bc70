package org.quantvoice.internal.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.OutputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a file by way of a temporary one beside it, so that readers see the old content or the new, never a part. */
public final class AtomicFile {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);
    private static final String CURE = "choose a path in a folder that exists and can be written";

    private AtomicFile() {}

    /** What writes the content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** What fills a file that it is given by path; the file does not exist yet. */
    @FunctionalInterface
    public interface Filler {
        void fill(Path temporary) throws IOException;
    }

    /**
     * Writes, forces to disk, and moves into place. A symbolic link at the target is followed.
     *
     * @throws OutputException if any step fails; the target is then as it was
     */
    public static void write(Path target, Content content) {
        replace(target, temporary -> {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW))) {
                content.writeTo(out);
            }
        });
    }

    /**
     * The same for code that can only write to a path.
     *
     * @throws OutputException if any step fails; the target is then as it was
     */
    public static void replace(Path target, Filler filler) {
        if (Files.isDirectory(target)) {
            throw new OutputException(target + ", which is a folder", "the path of a file", "add a file name");
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new OutputException(target + ", which is write-protected", "a path to write", CURE);
        }
        Path temporary = null;
        try {
            Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
            temporary = real.resolveSibling("." + real.getFileName() + "." + UUID.randomUUID() + ".tmp");
            filler.fill(temporary);
            force(temporary);
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new OutputException(
                    target + ", which cannot be written (" + reason(e) + ")", "a path to write", CURE, e);
        } finally {
            delete(temporary);
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist";
        }
        return e instanceof AccessDeniedException ? "permission denied" : e.toString();
    }

    private static void delete(@Nullable Path temporary) {
        if (temporary != null && Files.exists(temporary)) {
            try {
                Files.delete(temporary);
            } catch (IOException e) {
                LOG.warn("{} stays behind: {}", temporary, e.toString());
            }
        }
    }
}
