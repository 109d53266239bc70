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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.error.OutputException;

/** Saving where there is no room, in a process of its own: libtorch's own writer would end it. */
class FullDiskTest {
    private static final int KIBIBYTES = 8;

    @TempDir
    Path folder;

    /** The program that saves. */
    static final class Saver {
        private Saver() {}

        /** @param args model, target, form */
        public static void main(String[] args) {
            Libtorch.load();
            try (ScriptModule module = ScriptModule.load(Path.of(args[0]), Optional.empty())) {
                for (int i = 0; i < 2; i++) {
                    try {
                        ScriptWriter.write(
                                module, Optional.empty(), ScriptWriter.Form.valueOf(args[2]), Path.of(args[1]));
                        System.out.println("saved");
                    } catch (OutputException e) {
                        System.out.println("refused " + e.getMessage());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ScriptWriter.Form.class)
    void aFileThatMayNotBeLarger(ScriptWriter.Form form) throws Exception {
        Path model = resource("graph/wav2vec2-layer.pt");
        Path target = Files.writeString(folder.resolve("model.pt"), "old");
        List<String> said = save(model, target, form, "ulimit -f " + KIBIBYTES + "; ");
        assertThat(said).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("refused got " + target)
                .contains("cannot be written"));
        assertThat(target).hasContent("old");
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(target));
        assertThat(save(model, target, form, "")).containsExactly("saved", "saved");
        try (ScriptModule again = ScriptModule.load(target, Optional.empty())) {
            assertThat(again.module().find_method("forward").has_value()).isTrue();
        }
    }

    @Test
    void aDeviceThatIsFull() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path model = resource("graph/pooling.pt");
        assertThat(save(model, full, ScriptWriter.Form.PLAIN, "")).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("refused got /dev/full"));
        assertThat(Files.isRegularFile(full)).isFalse();
    }

    private static Path resource(String name) {
        return Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources", name);
    }

    private static List<String> save(Path model, Path target, ScriptWriter.Form form, String before)
            throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        before + "exec \"$0\" \"$@\"",
                        java,
                        "-XX:-UsePerfData",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        model.toString(),
                        target.toString(),
                        form.name())
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
