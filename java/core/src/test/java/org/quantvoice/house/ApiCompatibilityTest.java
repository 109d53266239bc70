package org.quantvoice.house;

import static org.assertj.core.api.Assertions.assertThat;

import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.config.Options;
import japicmp.model.JApiClass;
import japicmp.output.stdout.StdoutOutputGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public API stays compatible, in binaries and in sources, with the one that is stored: japicmp compares them. An API that is to
 * change is stored anew with {@value #RENEWAL}.
 */
class ApiCompatibilityTest {
    private static final String RENEWAL = "mvn -B -Pfast -pl java/core -am test -Dtest=ApiCompatibilityTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dquantvoice.api=renew";

    private static final Path CORE = Path.of(System.getProperty("quantvoice.root"), "java/core");
    private static final Path BASELINE = CORE.resolve("src/test/api/quantvoice-core-api.jar");
    private static final Pattern EXPORT = Pattern.compile("exports\\s+([\\w.]+)\\s*;");

    @TempDir
    Path folder;

    private static TreeSet<String> packages() throws IOException {
        TreeSet<String> packages = new TreeSet<>();
        Matcher export = EXPORT.matcher(Files.readString(CORE.resolve("src/main/java/module-info.java")));
        while (export.find()) {
            packages.add(export.group(1));
        }
        return packages;
    }

    private Path current() throws IOException {
        Path jar = folder.resolve("current.jar");
        ApiJar.write(CORE.resolve("target/classes"), packages(), jar);
        return jar;
    }

    /** What of the old API is gone or other in the new one, in japicmp's words; empty if nothing is. */
    private static String incompatible(Path old, Path now) {
        JarArchiveComparatorOptions options = new JarArchiveComparatorOptions();
        options.getIgnoreMissingClasses().setIgnoreAllMissingClasses(true);
        List<JApiClass> changed = new JarArchiveComparator(options)
                .compare(new JApiCmpArchive(old.toFile(), "stored"), new JApiCmpArchive(now.toFile(), "built")).stream()
                        .filter(c -> !c.isBinaryCompatible() || !c.isSourceCompatible())
                        .toList();
        if (changed.isEmpty()) {
            return "";
        }
        Options shown = Options.newDefault();
        shown.setOutputOnlyModifications(true);
        shown.getIgnoreMissingClasses().setIgnoreAllMissingClasses(true);
        return new StdoutOutputGenerator(shown, changed).generate();
    }

    @Test
    void theApiIsCompatibleWithTheStoredOne() throws IOException {
        Path current = current();
        if (System.getProperty("quantvoice.api", "").equals("renew")) {
            Files.createDirectories(BASELINE.getParent());
            Files.write(BASELINE, Files.readAllBytes(current));
        }
        assertThat(incompatible(BASELINE, current))
                .as(
                        "%s",
                        "incompatible changes of the public API. Keep the old form beside the new one, deprecated; or, where a"
                                + " release may break callers, say so in CHANGELOG.md and store the new API: "
                                + RENEWAL)
                .isEmpty();
    }

    @Test
    void whatIsGoneOrOtherIsSeen() throws IOException {
        Path current = current();
        Path less = Files.copy(current, folder.resolve("less.jar"));
        try (FileSystem jar = FileSystems.newFileSystem(less)) {
            Files.delete(jar.getPath("org/quantvoice/TranscriptResult.class"));
        }
        assertThat(incompatible(current, less)).contains("org.quantvoice.TranscriptResult", "REMOVED");
        assertThat(incompatible(less, current))
                .as("what is added breaks nobody")
                .isEmpty();
        Path other = Files.copy(current, folder.resolve("other.jar"));
        try (FileSystem jar = FileSystems.newFileSystem(other)) {
            Path file = jar.getPath("org/quantvoice/audio/Resampler.class");
            Files.write(file, withoutMethod(Files.readAllBytes(file), "resample"));
        }
        assertThat(incompatible(current, other)).contains("org.quantvoice.audio.Resampler", "resample");
    }

    private static byte[] withoutMethod(byte[] file, String name) {
        try {
            var parsed = new javassist.bytecode.ClassFile(
                    new java.io.DataInputStream(new java.io.ByteArrayInputStream(file)));
            parsed.getMethods().removeIf(m -> m.getName().equals(name));
            var bytes = new java.io.ByteArrayOutputStream();
            parsed.write(new java.io.DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
