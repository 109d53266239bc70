package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

class ScriptWriterTest {
    @TempDir
    Path folder;

    /** Files that write files are refused when they are opened, so none is made. */
    @Test
    void whatWouldNotOpenIsNotWritten() throws Exception {
        Libtorch.load();
        Path target = Files.writeString(folder.resolve("model.pt"), "old");
        try (TorchCall call = new TorchCall(1)) {
            JitModule module = new JitModule(new QualifiedName("__torch__.Recogniser"));
            module.define("def forward(self, x: Tensor) -> Tensor:\n  return x + 1\n");
            ScriptWriter.write(module, Optional.empty(), target);
            byte[] sound = Files.readAllBytes(target);
            module.define("def keep(self, x: Tensor):\n  torch.save(x, \"x.bin\")\n");
            assertThatThrownBy(() -> ScriptWriter.write(module, Optional.empty(), target))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining(target + ", which could not be opened again")
                    .hasMessageContaining("save");
            assertThat(target).hasBinaryContent(sound);
        }
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(target));
    }
}
