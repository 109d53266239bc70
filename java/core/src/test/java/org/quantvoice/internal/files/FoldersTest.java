package org.quantvoice.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

class FoldersTest {
    private static final OutputException FULL = new OutputException("a full disk", "room", "free some");

    @TempDir
    Path dir;

    private void fillHalf(Path folder) {
        Folders.fill(folder, () -> {
            AtomicFile.write(folder.resolve("encoder.onnx"), out -> out.write(1));
            throw FULL;
        });
    }

    @Test
    void aFolderThatCouldNotBeFilledDoesNotStay() {
        Path folder = dir.resolve("above/parts");
        assertThatThrownBy(() -> fillHalf(folder)).isSameAs(FULL);
        assertThat(folder).doesNotExist();
        Folders.fill(folder, () -> AtomicFile.write(folder.resolve("encoder.onnx"), out -> out.write(1)));
        assertThat(folder.resolve("encoder.onnx")).exists();
    }

    @Test
    void aFolderThatWasThereStays() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("parts"));
        Path other = Files.writeString(folder.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> fillHalf(folder)).isSameAs(FULL);
        assertThat(other).hasContent("mine");
    }
}
