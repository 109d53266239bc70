package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names the outputs of several files in one folder: each has the name of its file, preceded by as many of the folders
 * above it as tell it apart from files of the same name.
 */
final class OutputNames {
    private final Map<Path, Path> names = new LinkedHashMap<>();

    OutputNames(List<Path> files) {
        Set<Path> open = new HashSet<>();
        files.forEach(file -> open.add(file.toAbsolutePath().normalize()));
        int most = open.stream().mapToInt(Path::getNameCount).max().orElse(0);
        for (int depth = 1; depth <= most && !open.isEmpty(); depth++) {
            Map<Path, Integer> counts = new HashMap<>();
            for (Path file : open) {
                counts.merge(tail(file, depth), 1, Integer::sum);
            }
            int names = depth;
            open.removeIf(file -> {
                Path tail = tail(file, names);
                boolean alone = counts.getOrDefault(tail, 0) == 1;
                if (alone) {
                    this.names.put(file, tail);
                }
                return alone;
            });
        }
    }

    private static Path tail(Path file, int names) {
        int count = file.getNameCount();
        return file.subpath(Math.max(0, count - names), count);
    }

    /**
     * Returns the path of a file's output without its extension, relative to the folder. A file has one output, however
     * its path is spelled.
     */
    Path of(Path file) {
        Path name = names.get(file.toAbsolutePath().normalize());
        if (name == null) {
            throw new IllegalArgumentException("got " + file + ", which was not among the files");
        }
        return name;
    }
}
