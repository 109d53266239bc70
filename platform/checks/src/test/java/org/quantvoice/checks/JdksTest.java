package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Other Java versions besides that of this build: {@code -Dqv.surefire.args=-Dquantvoice.jdks=HOME:HOME...}. The
 * options are those of docs/packaging.md, with which no version warns of anything.
 */
class JdksTest {
    static Stream<String> homes() {
        String others = System.getProperty("quantvoice.jdks", "");
        return Stream.concat(Stream.of(System.getProperty("java.home")), Stream.of(others.split(File.pathSeparator)))
                .filter(home -> !home.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("homes")
    void theClassPath(String home) throws Exception {
        List<Path> path = new ArrayList<>(Jars.device());
        path.addAll(Jars.matching("slf4j-simple-"));
        path.add(Jars.tests());
        transcribes(home, "--enable-native-access=ALL-UNNAMED", "-cp", Jars.path(path), Words.class.getName());
    }

    @ParameterizedTest
    @MethodSource("homes")
    void theCommandLineOnTheModulePath(String home) throws Exception {
        transcribes(
                home,
                "--enable-native-access=org.quantvoice.core,org.bytedeco.javacpp",
                "-p",
                Jars.path(Jars.all()),
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                "org.quantvoice.cli/org.quantvoice.cli.Main",
                "transcribe");
    }

    private static void transcribes(String home, String... command) throws Exception {
        List<String> all = new ArrayList<>();
        all.add(Path.of(home, "bin", "java").toString());
        all.addAll(List.of(command));
        all.add(Jars.RECORDING.toString());
        Child.Result result = Child.run(all);
        assertThat(result.out()).as(result.toString()).contains(Jars.WORDS);
        assertThat(result.err()).as(result.toString()).doesNotContainIgnoringCase("warning");
    }
}
