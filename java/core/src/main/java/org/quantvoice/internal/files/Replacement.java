package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.quantvoice.error.OutputException;

/**
 * A temporary file on its way to the place of its target. It has the target's name, since some formats hold that, in a temporary
 * folder beside it; closing deletes what did not get there.
 */
final class Replacement implements AutoCloseable {
    private final Path target;
    private final Path real;
    private final Path folder;
    private final Path temporary;

    /**
     * @param target what messages call it
     * @param real its path, links followed
     */
    Replacement(Path target, Path real) {
        AtomicFile.requireWritable(target, real);
        this.target = target;
        this.real = real;
        TemporaryNames.clean(real);
        folder = TemporaryNames.beside(real);
        temporary = folder.resolve(real.getFileName());
    }

    /** Makes the content and forces it to disk. */
    void fill(AtomicFile.Filler filler) {
        try {
            Files.createDirectory(folder);
            filler.fill(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw AtomicFile.failed(target, e);
        } catch (OutputException e) { // of a filler that writes by way of another temporary file
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
