package org.quantvoice.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;

@Tag("windows")
@Tag("musl")
public class AtomicFileTest {
    @TempDir
    Path dir;

    @Test
    void replacesTheContentAndLeavesNothingElse() throws IOException {
        Path target = dir.resolve("a b.txt");
        for (String text : List.of("first", "second and longer", "3")) {
            AtomicFile.write(target, out -> out.write(text.getBytes()));
            assertThat(target).hasContent(text);
        }
        assertThat(names()).containsExactly("a b.txt");
    }

    @Test
    void aFailureHalfwayLeavesTheOldFileWhole() throws IOException {
        Path target = Files.writeString(dir.resolve("model.pt"), "old");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("disk full");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(1);
                    throw new IllegalStateException("a bug");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("model.pt");
    }

    @Test
    void whatDoesNotOpenAgainReplacesNothing() throws IOException {
        Path target = Files.writeString(dir.resolve("model.qv"), "old");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> out.write('n'), written -> {
                    assertThat(written).hasContent("n");
                    throw new ModelFormatException("a scale of infinity", "a number", "report it");
                }))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining(
                        target + ", which could not be opened again as it was written (a scale of infinity)");
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("model.qv");
        AtomicFile.write(
                target, out -> out.write('n'), written -> assertThat(written).hasContent("n"));
        assertThat(target).hasContent("n");
    }

    @Test
    void aFailureInAFileOnTheWayNamesTheTarget() {
        Path target = dir.resolve("model.pt");
        assertThatThrownBy(() -> AtomicFile.replace(
                        target,
                        temporary -> AtomicFile.write(temporary, out -> {
                            throw new IOException("No space left on device");
                        })))
                .isInstanceOf(OutputException.class)
                .hasMessageStartingWith("got " + target + ", which cannot be written (No space left on device)");
    }

    @Test
    void namesWhatIsWrongWithThePath() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "x");
        assertThatThrownBy(() -> AtomicFile.write(dir.resolve("no/where"), out -> out.write(1)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("its folder does not exist");
        assertThatThrownBy(() -> AtomicFile.write(dir, out -> out.write(1)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("which is a folder");
        assertThatThrownBy(() -> AtomicFile.write(file.resolve("below"), out -> out.write(1)))
                .isInstanceOf(OutputException.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void followsASymbolicLink() throws IOException {
        Path real = Files.writeString(dir.resolve("real"), "old");
        Path link = Files.createSymbolicLink(dir.resolve("link"), real);
        AtomicFile.write(link, out -> out.write('n'));
        assertThat(real).hasContent("n");
        assertThat(link).isSymbolicLink();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void followsALinkThatLeadsToNoFileYet() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("folder"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("second"));
        Files.createSymbolicLink(dir.resolve("second"), folder.resolve("new"));
        AtomicFile.write(link, out -> out.write('n'));
        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("new")).hasContent("n");
        Files.createSymbolicLink(dir.resolve("circle"), Path.of("circle"));
        assertThatThrownBy(() -> AtomicFile.write(dir.resolve("circle"), out -> out.write('n')))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("circle");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void aPipeIsWrittenToAndStays() throws Exception {
        Path pipe = dir.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<String> first = reader.submit(() -> Files.readString(pipe));
            AtomicFile.write(pipe, out -> out.write("by stream".getBytes()));
            assertThat(first.get()).isEqualTo("by stream");
            Future<String> second = reader.submit(() -> Files.readString(pipe));
            AtomicFile.replace(pipe, temporary -> Files.writeString(temporary, "by path"));
            assertThat(second.get()).isEqualTo("by path");
            Future<String> third = reader.submit(() -> Files.readString(pipe));
            AtomicFile.replaceBoth(
                    pipe,
                    temporary -> Files.writeString(temporary, "both"),
                    dir.resolve("pipe.tokens.json"),
                    out -> out.write('t'));
            assertThat(third.get()).isEqualTo("both");
        } finally {
            reader.shutdownNow();
        }
        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
        assertThat(names()).containsExactly("pipe");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void aDeviceIsWrittenToAndStays() throws IOException {
        AtomicFile.write(Path.of("/dev/null"), out -> out.write(new byte[10_000]));
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("/dev/null"));
        AtomicFile.replace(link, temporary -> Files.writeString(temporary, "x"));
        assertThat(Files.readAttributes(Path.of("/dev/null"), BasicFileAttributes.class)
                        .isOther())
                .isTrue();
        assertThatThrownBy(() -> AtomicFile.write(Path.of("/dev/full"), out -> out.write(new byte[10_000])))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("No space left");
    }

    /** Of two files that belong together none is replaced if the second cannot be made. */
    @Test
    void twoFilesMoveTogether() throws IOException {
        Path model = Files.writeString(dir.resolve("model.pt"), "old model");
        Path tokens = Files.writeString(dir.resolve("model.tokens.json"), "old tokens");
        assertThatThrownBy(() -> AtomicFile.replaceBoth(
                        model, temporary -> Files.writeString(temporary, "new model"), tokens, out -> {
                            throw new IOException("disk full");
                        }))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("disk full");
        assertThat(model).hasContent("old model");
        AtomicFile.replaceBoth(
                model,
                temporary -> {
                    assertThat(temporary).hasFileName("model.pt");
                    Files.writeString(temporary, "new model");
                },
                tokens,
                out -> out.write("new tokens".getBytes()));
        assertThat(model).hasContent("new model");
        assertThat(tokens).hasContent("new tokens");
        assertThat(names()).containsExactlyInAnyOrder("model.pt", "model.tokens.json");
    }

    /** A process that is killed while it writes; the file that another one is writing stays. */
    @Test
    void whatAKilledProcessLeftIsDeletedAtTheNextWrite() throws Exception {
        Path target = dir.resolve("out.bin");
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stuck.class.getName(),
                        target.toString())
                .start();
        try {
            assertThat(killed.getInputStream().read()).isEqualTo('w');
            assertThat(names()).hasSize(1).first().asString().startsWith(".out.bin.");
            AtomicFile.write(target, out -> out.write('1'));
            assertThat(names()).as("the other still writes").hasSize(2);
        } finally {
            killed.destroyForcibly().waitFor();
        }
        AtomicFile.write(target, out -> out.write('2'));
        assertThat(names()).containsExactly("out.bin");
        assertThat(target).hasContent("2");
    }

    /** Writes a part, says so, and waits to be killed. */
    static final class Stuck {
        private Stuck() {}

        public static void main(String[] args) {
            AtomicFile.write(Path.of(args[0]), out -> {
                out.write(new byte[20_000]);
                System.out.write('w');
                System.out.flush();
                try {
                    Thread.sleep(600_000);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void preparingMakesTheFolderAndRefusesEarly() throws IOException {
        AtomicFile.prepare(dir.resolve("a/b/c.txt"));
        assertThat(dir.resolve("a/b")).isEmptyDirectory();
        AtomicFile.prepare(Path.of("/dev/null"));
        assertThatThrownBy(() -> AtomicFile.prepare(dir)).isInstanceOf(OutputException.class);
        Path file = Files.writeString(dir.resolve("file"), "x");
        assertThatThrownBy(() -> AtomicFile.prepare(file.resolve("below")))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("a file in its place");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
