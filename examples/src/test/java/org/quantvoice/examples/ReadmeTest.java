package org.quantvoice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells people to type is typed here. */
class ReadmeTest {
    private static List<String> commands;

    @BeforeAll
    static void readReadme() throws IOException {
        commands = blocks("sh").stream().flatMap(String::lines).toList();
    }

    private static List<String> blocks(String language) throws IOException {
        String readme = Files.readString(Shell.ROOT.resolve("README.md"));
        return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
                .matcher(readme)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
    }

    @Test
    void theFirstCommandTranscribesRealSpeech() throws Exception {
        Shell.Result result = Shell.run(Shell.ROOT, commands.get(0));
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        """
                        examples/audio/george-02.flac: nine six three
                        examples/audio/jackson-04.flac: zero seven eight one
                        examples/audio/theo-04.flac: eight seven two three seven
                        """);
        assertThat(result.err())
                .as("engine, kernels, threads and speed in one line")
                .containsPattern("(?m)^(LIBTORCH|NATIVE).*, kernels: \\w+, \\d+ threads, RTF \\d");
    }

    @Test
    void theSecondCommandIsWhatTheChecksRun() throws IOException {
        assertThat(commands.get(1)).isEqualTo("mvn -B verify");
        assertThat(Files.readString(Shell.ROOT.resolve(".ci/run"))).contains("mvn -B verify");
    }

    @Test
    void theJavaIsThatOfTheExamples() throws IOException {
        String quickstart = normal(
                Files.readString(Shell.ROOT.resolve("examples/src/main/java/org/quantvoice/examples/Quickstart.java")));
        assertThat(blocks("java")).isNotEmpty().allSatisfy(block -> assertThat(quickstart)
                .contains(normal(block)));
    }

    private static String normal(String code) {
        return code.lines().map(String::strip).filter(l -> !l.isEmpty()).collect(Collectors.joining("\n"));
    }

    @Test
    void theTestsThatItNamesExist() throws IOException {
        Set<String> named = Pattern.compile("`(\\w+Test)`|`(\\w+_test\\.cc)`")
                .matcher(Files.readString(Shell.ROOT.resolve("README.md")))
                .results()
                .map(m -> m.group(1) == null ? m.group(2) : m.group(1) + ".java")
                .collect(Collectors.toSet());
        Set<String> present = new HashSet<>();
        for (String folder : List.of("java", "native/tests", "platform")) {
            try (Stream<Path> files = Files.walk(Shell.ROOT.resolve(folder))) {
                files.forEach(f -> present.add(f.getFileName().toString()));
            }
        }
        assertThat(named).hasSizeGreaterThan(10).isSubsetOf(present);
    }

    @Test
    void qvRunsFromAnywhere(@TempDir Path dir) throws Exception {
        Path folder = Files.createDirectory(dir.resolve("a folder"));
        Files.copy(Shell.ROOT.resolve("examples/audio/george-02.flac"), folder.resolve("nine six.flac"));
        Shell.Result result = Shell.run(folder, "'" + Shell.ROOT + "/qv' transcribe 'nine six.flac' --format vtt -o .");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(folder.resolve("nine six.flac.vtt")).content().contains("nine six three");
        Shell.Result failed = Shell.run(folder, "'" + Shell.ROOT + "/qv' transcribe none.wav");
        assertThat(failed.code()).as(failed.toString()).isEqualTo(1);
        assertThat(failed.err()).contains("error: none.wav: got no file").doesNotContain("\tat ");
    }

    @Test
    void qvSaysWhatIsMissing(@TempDir Path dir) throws Exception {
        String tools = "bash dirname readlink cat find sort cksum git mkdir flock sed"
                .replaceAll("(\\w+)", "\\$(command -v $1)");
        Shell.run(dir, "mkdir bin; ln -s " + tools + " bin; mkdir qv; cp '" + Shell.ROOT + "/qv' qv/qv");
        Shell.Result result = Shell.run(
                dir, "unset QV_NO_BUILD JAVA_HOME; PATH=$PWD/bin qv/qv --version; code=$?; rm -r bin; exit $code");
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: java is missing").contains("JDK 17");
    }
}
