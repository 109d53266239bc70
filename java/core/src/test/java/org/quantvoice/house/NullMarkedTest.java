package org.quantvoice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** NullAway checks packages that are marked, and no others. */
class NullMarkedTest {
    @Test
    void everyShippedPackageIsMarked() {
        List<Path> packages = Sources.of("java", ".java").stream()
                .filter(file -> file.toString().contains("/src/main/") && !file.endsWith("module-info.java"))
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(packages).hasSizeGreaterThan(60).allSatisfy(folder -> {
            Path file = folder.resolve("package-info.java");
            assertThat(Files.exists(file)).as("%s", file).isTrue();
            assertThat(Sources.text(file)).as("%s", file).contains("@NullMarked");
        });
    }
}
