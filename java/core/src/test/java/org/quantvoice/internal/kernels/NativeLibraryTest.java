package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading is once a process, so each case runs {@link KernelsProbe} in a JVM of its own. */
@Tag("musl")
public class NativeLibraryTest {
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path directory;

    @Test
    void allTiersGiveTheSameBitsWithOneThreadAndTwo() throws Exception {
        List<String> digests = new ArrayList<>();
        for (String tier : Kernels.supportedTiers()) {
            List<String> lines = probe(CLASS_PATH, "-Dquantvoice.isa=" + tier);
            assertThat(lines).contains("tier " + tier);
            lines.stream().filter(line -> line.startsWith("digest")).forEach(digests::add);
        }
        assertThat(digests).hasSize(2 * Kernels.supportedTiers().size());
        assertThat(digests.stream().distinct()).as("%s", digests).hasSize(1);
    }

    @Test
    void forcedTierThatIsUnknownOrBeyondTheCpuFails() throws Exception {
        assertThat(probe(CLASS_PATH, "-Dquantvoice.isa=sse9"))
                .singleElement()
                .asString()
                .startsWith("EngineException: got unknown tier sse9; expected one of: scalar")
                .contains("-Dquantvoice.isa");
        String other = NativePlatform.current().endsWith("arm64") ? "avx2" : "i8mm";
        assertThat(probe(CLASS_PATH, "-Dquantvoice.isa=" + other))
                .singleElement()
                .asString()
                .startsWith("EngineException: got this CPU or build has no tier " + other);
    }

    @Test
    void explicitLibraryIsNeverPassedOver() throws Exception {
        assertThat(probe(CLASS_PATH, "-Dquantvoice.library=" + directory.resolve("absent.so")))
                .singleElement()
                .asString()
                .startsWith("EngineException: got -Dquantvoice.library=")
                .contains("which is no file");
        Path damaged = Files.writeString(directory.resolve("damaged.so"), "no library");
        assertThat(probe(CLASS_PATH, "-Dquantvoice.library=" + damaged))
                .singleElement()
                .asString()
                .startsWith("EngineException: got " + damaged + ", which the system cannot load")
                .contains("replace the natives jar");
    }

    @Test
    void classPathWithoutNativesSaysWhichClassifierToAdd() throws Exception {
        Path bare = Files.createDirectories(directory.resolve("bare/org/quantvoice/internal/kernels"));
        Path classes = Path.of(System.getProperty("quantvoice.root"), "java/core/target/classes");
        try (Stream<Path> files = Files.list(classes.resolve("org/quantvoice/internal/kernels"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, bare.resolve(file.getFileName()));
            }
        }
        String without =
                CLASS_PATH.replace(classes.toString(), directory.resolve("bare") + ":" + otherClasses(classes));
        assertThat(probe(without))
                .singleElement()
                .asString()
                .startsWith("EngineException: got no native library for " + NativePlatform.current())
                .contains("classifier " + NativePlatform.current());
    }

    /** The classes that loading uses besides its own package, in a directory of their own. */
    private Path otherClasses(Path classes) throws IOException {
        for (String folder : List.of("org/quantvoice/error", "org/quantvoice/internal/files")) {
            Path target = Files.createDirectories(directory.resolve("others").resolve(folder));
            try (Stream<Path> files = Files.list(classes.resolve(folder))) {
                for (Path file : files.toList()) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
        }
        return directory.resolve("others");
    }

    private static List<String> probe(String classPath, String... options) throws Exception {
        return KernelsProcess.run(classPath, List.of(options), List.of());
    }
}
