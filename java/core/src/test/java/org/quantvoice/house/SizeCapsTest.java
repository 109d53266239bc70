package org.quantvoice.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The caps of CONTRIBUTING.md that Checkstyle cannot check: of folders, and of C++. */
class SizeCapsTest {
    private static final int FILES = 40;
    private static final int LINES = 500;
    private static final int FUNCTION_LINES = 50;
    private static final String[] CPP = {".cc", ".h", ".inc", ".def"};

    @Test
    void aFolderHasAtMost40Files() {
        List<Path> all = Stream.of(
                        Sources.of("java", ".java"), Sources.of("examples", ".java"), Sources.of("native", CPP))
                .flatMap(List::stream)
                .toList();
        Map<Path, Long> files = all.stream().collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
        assertThat(files).hasSizeGreaterThan(80);
        assertThat(files).allSatisfy((folder, count) -> assertThat(count)
                .as("files in %s: move some to a package of their own", folder)
                .isLessThanOrEqualTo(FILES));
    }

    @Test
    void aCppFileHasAtMost500Lines() {
        assertThat(Sources.of("native", CPP)).hasSizeGreaterThan(150).allSatisfy(file -> assertThat(
                        Sources.text(file).lines())
                .as("lines of %s", file)
                .hasSizeLessThanOrEqualTo(LINES));
    }

    @Test
    void aCppFunctionHasAtMost50Lines() {
        List<String> tooLong = new ArrayList<>();
        int functions = 0;
        for (Path file : Sources.of("native", ".cc", ".h", ".inc")) {
            for (CppFunctions.Function each : CppFunctions.of(Sources.text(file))) {
                functions++;
                if (each.length() > FUNCTION_LINES) {
                    tooLong.add(file + ":" + each.line() + " has " + each.length() + " lines: " + each.head());
                }
            }
        }
        assertThat(tooLong).isEmpty();
        assertThat(functions).as("functions that were found").isGreaterThan(900);
    }

    @Test
    void functionsAreFoundByTheirBraces() {
        String text =
                """
                #define BODY {
                namespace a {  // {
                struct S { int x = '{'; };
                template <typename T>
                struct U { T get() const { return {}; } };
                QV_TIERS(LIST)
                namespace b { void g(int big = 1'000) {
                  auto f = [](int x) { return "}"; };

                  // one more
                  f(2);
                } }
                }
                """;
        assertThat(CppFunctions.of(text))
                .extracting(CppFunctions.Function::line, CppFunctions.Function::length)
                .containsExactly(tuple(5, 1), tuple(7, 4));
    }
}
