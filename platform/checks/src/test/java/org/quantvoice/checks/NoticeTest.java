package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** NOTICE names every library that the command line brings, with its licence. */
class NoticeTest {
    private static final Pattern NAMED = Pattern.compile("(?<=[\\w.]:|[ ,]:)[\\w.-]+");

    @Test
    void everyLibraryIsNamedOnce() throws IOException {
        String path = Files.readString(Jars.ROOT.resolve("java/cli/target/class-path.txt"));
        Set<String> brought = Arrays.stream(path.strip().split(File.pathSeparator))
                .map(jar -> new File(jar).getName().replaceAll("-\\d.*", ""))
                .filter(name -> !name.startsWith("quantvoice-") && !name.equals("classes"))
                .collect(Collectors.toCollection(TreeSet::new));
        String notice = Files.readString(Jars.ROOT.resolve("NOTICE"));
        Set<String> named = NAMED.matcher(notice.substring(notice.indexOf("Libraries that the modules")))
                .results()
                .map(name -> name.group())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(brought).hasSizeGreaterThan(20);
        assertThat(named).containsAll(brought);
        named.removeAll(brought);
        assertThat(named)
                .as("only what others bring")
                .containsExactlyInAnyOrder("spark-mllib_2.13", "spring-boot-autoconfigure");
    }
}
