package org.quantvoice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The public types of the packages that core exports to everybody are those that docs/api.md names, and do not grow in number. */
class ApiTest {
    /** It may be lowered, never raised: 55 is the aim. */
    private static final int MOST_TYPES = 81;

    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    private static final Path SOURCES = ROOT.resolve("java/core/src/main/java");
    private static final Pattern EXPORT = Pattern.compile("exports\\s+([\\w.]+)\\s*;");
    private static final Pattern PUBLIC = Pattern.compile(
            "(?m)^public (?:(?:final|abstract|sealed|non-sealed) )*(?:class|interface|record|enum) (\\w+)");
    private static final Pattern ROW = Pattern.compile("\\| (?:\\*\\*([\\w.]+)\\*\\*|`(\\w+)`) \\| ?(.*?) ?\\|");

    /** Types by package, from the code. */
    private static TreeMap<String, TreeSet<String>> exported() throws Exception {
        TreeMap<String, TreeSet<String>> types = new TreeMap<>();
        Matcher export = EXPORT.matcher(Files.readString(SOURCES.resolve("module-info.java")));
        while (export.find()) {
            TreeSet<String> found = types.computeIfAbsent(export.group(1), p -> new TreeSet<>());
            try (Stream<Path> files = Files.list(SOURCES.resolve(export.group(1).replace('.', '/')))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    Matcher type = PUBLIC.matcher(Files.readString(file));
                    while (type.find()) {
                        found.add(type.group(1));
                    }
                }
            }
        }
        return types;
    }

    /** Types by package, from the document; each has its reason. */
    private static TreeMap<String, TreeSet<String>> documented() throws Exception {
        TreeMap<String, TreeSet<String>> types = new TreeMap<>();
        TreeSet<String> current = new TreeSet<>();
        List<String> lines = Files.readAllLines(ROOT.resolve("docs/api.md"));
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                continue;
            }
            if (row.group(1) != null) {
                current = types.computeIfAbsent(row.group(1), p -> new TreeSet<>());
            } else {
                assertThat(row.group(3)).as("the reason of %s", row.group(2)).isNotBlank();
                assertThat(current.add(row.group(2)))
                        .as("%s once", row.group(2))
                        .isTrue();
            }
        }
        return types;
    }

    @Test
    void theDocumentNamesAllPublicTypes() throws Exception {
        assertThat(documented()).isEqualTo(exported());
    }

    @Test
    void theyDoNotGrowInNumber() throws Exception {
        assertThat(exported().values().stream().mapToInt(TreeSet::size).sum())
                .as("public types; a new one takes the place of an old one, or goes to org.quantvoice.internal")
                .isLessThanOrEqualTo(MOST_TYPES);
    }
}
