package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.quantvoice.error.OutputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and removes folders. */
public final class Folders {
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);

    private Folders() {}

    /**
     * Makes a folder and those above it that are missing.
     *
     * @throws OutputException if there is a file in its place, or it cannot be made
     */
    public static void make(Path folder) {
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            String reason = Files.exists(folder) ? "there is a file in its place" : e.toString();
            throw new OutputException(
                    "the folder " + folder + ", which cannot be made (" + reason + ")",
                    "a folder to write to",
                    "choose another path",
                    e);
        }
    }

    /**
     * Makes a folder if it is missing, and runs the code that writes files into it; if that fails, a folder that was
     * made here is removed again.
     *
     * @throws OutputException if it cannot be made
     */
    public static void fill(Path folder, Runnable content) {
        boolean there = Files.exists(folder);
        make(folder);
        try {
            content.run();
        } catch (RuntimeException | Error e) {
            if (!there) {
                delete(folder);
            }
            throw e;
        }
    }

    /** Removes a folder and its content as far as possible; failures are logged. */
    static void delete(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.warn("{} stays behind: {}", folder, e.toString());
        }
    }
}
