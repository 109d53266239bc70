package org.quantvoice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example runs as it stands, and stays short. */
class ExamplesTest {
    private static final int LINES = 80;

    @TempDir
    Path folder;

    private interface Program {
        void main(String[] arguments) throws Exception;
    }

    private static List<String> printed(Program program, Object... arguments) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            program.main(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        } finally {
            System.setOut(console);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Path recording(String name) {
        return Shell.ROOT.resolve("examples/audio").resolve(name);
    }

    @Test
    void quickstart() throws Exception {
        assertThat(printed(Quickstart::main, recording("george-02.flac")))
                .hasSize(4)
                .startsWith("nine six three")
                .element(2)
                .asString()
                .matches(" +\\d\\.\\d\\d +\\d\\.\\d\\d  six \\(0\\.\\d\\d\\)");
    }

    @Test
    void liveCaptions() throws Exception {
        List<String> lines = printed(LiveCaptions::main, recording("theo-04.flac"));
        assertThat(lines).as("partials").anyMatch(line -> line.contains("(eight"));
        assertThat(String.join(" ", lines.stream().filter(l -> !l.contains("(")).toList()))
                .as("%s", lines)
                .contains("eight seven two three seven");
    }

    @Test
    void subtitles() throws Exception {
        assertThat(printed(Subtitles::main, folder, recording("george-02.flac"), recording("jackson-04.flac")))
                .containsExactly("george-02: 3 words in 2.1 s", "jackson-04: 4 words in 3.1 s");
        assertThat(folder.resolve("jackson-04.srt"))
                .content()
                .startsWith("1\n00:00:0")
                .contains("zero seven eight one");
        assertThat(folder.resolve("george-02.vtt"))
                .content()
                .startsWith("WEBVTT")
                .contains("nine six three");
    }

    @Test
    void batch() throws Exception {
        for (String name : List.of("theo-04.flac", "george-02.flac")) {
            Files.copy(recording(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve("broken.wav"), "no recording");
        Files.writeString(folder.resolve("notes.txt"), "no recording either");
        assertThat(printed(Batch::main, folder))
                .hasSize(3)
                .contains("george-02.flac\tnine six three", "theo-04.flac\teight seven two three seven")
                .first()
                .asString()
                .startsWith("broken.wav\terror: got ");
    }

    @Test
    @Tag("libtorch")
    void quantizeTutorial() throws Exception {
        Path digits = Shell.ROOT.resolve("models/digits");
        Path target = folder.resolve("int8.qv");
        List<String> lines = printed(
                QuantizeTutorial::main,
                digits.resolve("model/digits-float.pt"),
                digits.resolve("calib/calib.tsv"),
                digits.resolve("test/test.tsv"),
                target);
        assertThat(lines).as("%s", lines).anyMatch(l -> l.matches("encoder\\.enc +\\w+ +\\[.*dynamic.*]"));
        assertThat(percent(lines, "int8")).isLessThanOrEqualTo(percent(lines, "float") + 1.5);
        assertThat(Files.size(target)).isLessThan(Files.size(digits.resolve("model/digits-float.pt")) / 3);
    }

    private static double percent(List<String> lines, String model) {
        String line = lines.stream()
                .filter(l -> l.startsWith(model + ": WER "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(lines.toString()));
        return Double.parseDouble(line.split(" ")[2]);
    }

    @Test
    void examplesAreShort() throws IOException {
        Path examples = Shell.ROOT.resolve("examples");
        // Relative: the folders above the project may have any name, "main" too.
        try (Stream<Path> files = Files.walk(examples)) {
            assertThat(files.filter(f -> f.toString().endsWith(".java")
                            && examples.relativize(f).toString().contains("src/main/")))
                    .hasSizeGreaterThan(5)
                    .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThan(LINES));
        }
    }
}
