package org.quantvoice.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The project's own source files, for tests of the project's rules. */
final class Sources {
    /** The top of the checkout: tests run in java/core. */
    static final Path TOP = Path.of("..", "..").toAbsolutePath().normalize();

    private Sources() {}

    /** All files below a folder that have one of the suffixes, without what builds wrote. */
    static List<Path> of(String folder, String... suffixes) {
        Predicate<Path> built = path -> TOP.relativize(path).toString().matches("(.*/)?(target|build-[^/]*)/.*");
        try (Stream<Path> files = Files.walk(TOP.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .filter(built.negate())
                    .filter(path -> Stream.of(suffixes).anyMatch(path.toString()::endsWith))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
