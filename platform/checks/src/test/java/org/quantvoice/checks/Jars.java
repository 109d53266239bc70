package org.quantvoice.checks;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The jars of this build, and what they depend on. */
final class Jars {
    static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    static final Path RECORDING = ROOT.resolve("examples/audio/george-02.flac");
    static final String WORDS = "nine six three";

    private static final List<Path> ALL = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    /** Without libtorch, servers and consoles: what an application on a device needs, jspecify apart. */
    private static final List<String> DEVICE =
            List.of("quantvoice-core-", "quantvoice-model-digits-", "javacpp-", "slf4j-api-", "snakeyaml-engine-");

    private Jars() {}

    /** Every jar that quantvoice-platform and the command line bring. */
    static List<Path> all() {
        return ALL.stream().filter(Files::isRegularFile).toList();
    }

    static List<Path> device() {
        return DEVICE.stream().flatMap(prefix -> matching(prefix).stream()).toList();
    }

    /** Never empty: the tests mean nothing without the jars. */
    static List<Path> matching(String prefix) {
        List<Path> found = all().stream()
                .filter(jar -> jar.getFileName().toString().startsWith(prefix))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException("no jar " + prefix + "*; run mvn verify, which packages: " + ALL);
        }
        return found;
    }

    /** The jar of natives; its name ends in the platform. */
    static Path natives() {
        return matching("quantvoice-core-").stream()
                .filter(Jars::isNatives)
                .findFirst()
                .orElseThrow();
    }

    static boolean isNatives(Path jar) {
        return jar.getFileName().toString().matches("quantvoice-core-.*-(x86_64|arm64)\\.jar");
    }

    static String path(List<Path> entries) {
        return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** The classes of these tests. */
    static Path tests() {
        return ROOT.resolve("platform/checks/target/test-classes");
    }
}
