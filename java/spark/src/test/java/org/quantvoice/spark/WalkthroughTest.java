package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;

/** Runs the walk-through that examples/spark has, as it is printed there. */
class WalkthroughTest {
    private static final Path SOURCE = LocalSpark.ROOT.resolve("examples/spark/ArchiveWalkthrough.java");

    @TempDir
    Path dir;

    @Test
    void itSaysWhatASessionSays() throws Exception {
        int code = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        dir.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SOURCE.toString());
        assertThat(code).isZero();
        Path archive = Files.createDirectory(dir.resolve("archive"));
        List<Path> files = LocalSpark.recordings(3);
        for (Path file : files) {
            Files.copy(file, archive.resolve(file.getFileName()));
        }
        Files.writeString(archive.resolve("notes.flac"), "no sound");
        String printed = run(archive, dir.resolve("out"));
        assertThat(printed).contains("heard 3, failed 1").contains("again: done before 4 of 4");
        int words = 0;
        try (QuantSession session = QuantSession.builder().build()) {
            for (Path file : files) {
                Transcript t = session.transcribe(file);
                assertThat(printed).contains("text: " + t.text());
                words += t.words().size();
            }
        }
        assertThat(printed).contains("words " + words);
    }

    private String run(Path archive, Path output) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Class<?> main = loader.loadClass("ArchiveWalkthrough");
            main.getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {archive.toString(), output.toString()});
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
