package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

/** Saving where there is no room, in a process of its own: libtorch's own writer would end it. */
class FullDiskTest {
    private static final int KIBIBYTES = 8;

    @TempDir
    Path folder;

    /** The program that saves in every form. */
    static final class Saver {
        private Saver() {}

        /** @param args model, target */
        public static void main(String[] args) {
            Libtorch.load();
            try (ScriptModule module = ScriptModule.load(Path.of(args[0]), Optional.empty())) {
                for (ScriptWriter.Form form : ScriptWriter.Form.values()) {
                    try {
                        ScriptWriter.write(module, Optional.empty(), form, Path.of(args[1]));
                        System.out.println("saved");
                    } catch (OutputException e) {
                        System.out.println("refused " + e.getMessage());
                    }
                }
            }
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no limit of a process's files")
    void aFileThatMayNotBeLarger() throws Exception {
        Path target = Files.writeString(folder.resolve("model.pt"), "old");
        assertThat(save(target, "ulimit -f " + KIBIBYTES + "; ")).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("refused got " + target)
                .contains("cannot be written"));
        assertThat(target).hasContent("old");
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(target));
    }

    @Test
    void aDeviceThatIsFull() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        assertThat(save(full, "")).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("refused got /dev/full"));
        assertThat(Files.isRegularFile(full)).isFalse();
    }

    private static List<String> save(Path target, String before) throws IOException, InterruptedException {
        Path model =
                Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/graph/wav2vec2-group.pt");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        before + "exec \"$0\" \"$@\"",
                        java,
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        model.toString(),
                        target.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines()
                .filter(line -> line.startsWith("saved") || line.startsWith("refused"))
                .toList();
    }
}
