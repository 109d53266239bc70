package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.quantvoice.error.OutputException;

/**
 * A temporary file that will replace its target. It has the target's name, because some formats store the name, and
 * lies in a temporary folder beside the target; closing deletes it if it was not moved.
 */
final class Replacement implements AutoCloseable {
    private final Path target;
    private final Path real;
    private final Path folder;
    private final Path temporary;

    /**
     * @param target the path that messages name
     * @param real the target's path with links followed
     */
    Replacement(Path target, Path real) {
        AtomicFile.requireWritable(target, real);
        this.target = target;
        this.real = real;
        TemporaryNames.clean(real);
        folder = TemporaryNames.beside(real);
        temporary = folder.resolve(real.getFileName());
    }

    /** Writes the content and forces it to disk. */
    void fill(AtomicFile.Filler filler) {
        try {
            Files.createDirectory(folder);
            filler.fill(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw AtomicFile.failed(target, e);
        } catch (OutputException e) { // from a filler that writes through another temporary file
            throw new OutputException(
                    e.got().replace(temporary.toString(), target.toString()), e.expected(), e.cure(), e);
        }
    }

    void moveIntoPlace() {
        try {
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw AtomicFile.failed(target, e);
        }
    }

    @Override
    public void close() {
        if (Files.exists(folder)) {
            Folders.delete(folder);
        }
    }
}
