package org.quantvoice.internal.nativeengine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.quantvoice.error.ModelFormatException;

/** Lists the files of a model's path: the file itself, or all files of a folder. */
final class ModelFiles {
    private ModelFiles() {}

    /** Returns the files in the order of their names; folders inside a folder are left out. */
    static List<Path> of(Path model) {
        if (!Files.isDirectory(model)) {
            return List.of(model);
        }
        try (Stream<Path> all = Files.list(model)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw unreadable(model, e);
        }
    }

    /** Returns the total size of the files in bytes. */
    static long bytes(Path model) {
        long sum = 0;
        for (Path file : of(model)) {
            try {
                sum += Files.size(file);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        return sum;
    }

    static ModelFormatException unreadable(Path path, IOException e) {
        return new ModelFormatException(path + ": " + e, "a readable file", "check the path", e);
    }
}
