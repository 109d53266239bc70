package org.quantvoice.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

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
    void followsASymbolicLink() throws IOException {
        Path real = Files.writeString(dir.resolve("real"), "old");
        Path link = Files.createSymbolicLink(dir.resolve("link"), real);
        AtomicFile.write(link, out -> out.write('n'));
        assertThat(real).hasContent("n");
        assertThat(link).isSymbolicLink();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
