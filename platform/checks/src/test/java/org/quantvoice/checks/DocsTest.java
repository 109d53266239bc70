package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocsTest {
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)(#[^)]*)?\\)");

    @Test
    void troubleshootingListsEveryException() throws IOException {
        String page = Files.readString(Jars.ROOT.resolve("docs/troubleshooting.md"));
        Set<String> types = names("java/core/src/main/java/org/quantvoice/error", "Exception.java").stream()
                .map(name -> name.replace(".java", ""))
                .filter(name -> !name.equals("QuantVoiceException"))
                .collect(Collectors.toSet());
        assertThat(types).hasSizeGreaterThanOrEqualTo(10);
        Set<String> listed = Pattern.compile("(?m)^\\| `(\\w+Exception)` \\| ([^|]+) \\| ([^|]+) \\|$")
                .matcher(page)
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
        assertThat(listed).isEqualTo(types);
    }

    @Test
    void theReadmeLeadsToEveryPage() throws IOException {
        String readme = Files.readString(Jars.ROOT.resolve("README.md"));
        assertThat(names("docs", ".md")).isNotEmpty().allSatisfy(page -> assertThat(readme)
                .contains("(docs/" + page + ")"));
    }

    @Test
    void noLinkIsDead() throws IOException {
        List<Path> pages = Stream.concat(
                        names("docs", ".md").stream()
                                .map(name -> Jars.ROOT.resolve("docs").resolve(name)),
                        Stream.of("README.md", "CONTRIBUTING.md", "examples/README.md")
                                .map(Jars.ROOT::resolve))
                .toList();
        for (Path page : pages) {
            for (String target : LINK.matcher(Files.readString(page))
                    .results()
                    .map(m -> m.group(1))
                    .toList()) {
                assertThat(page.resolveSibling(target)).as("link in %s", page).exists();
            }
        }
    }

    private static Set<String> names(String folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(Jars.ROOT.resolve(folder))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .collect(Collectors.toSet());
        }
    }
}
