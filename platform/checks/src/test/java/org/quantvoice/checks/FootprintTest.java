package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FootprintTest {
    private static final long MB = 1_000_000;

    @Test
    void aDeviceNeedsFifteenMegabytesAtMost() {
        Map<Path, Long> sizes = Jars.device().stream().collect(Collectors.toMap(jar -> jar, FootprintTest::size));
        assertThat(sizes)
                .as("core, its natives, the model, javacpp and its natives, slf4j")
                .hasSizeGreaterThanOrEqualTo(6);
        assertThat(sizes.values().stream().mapToLong(Long::longValue).sum())
                .as("%s", sizes)
                .isLessThanOrEqualTo(15 * MB);
    }

    @Test
    void nativesOfAPlatformNeedThreeMegabytesAtMost() {
        assertThat(size(Jars.natives())).isLessThanOrEqualTo(3 * MB);
    }

    private static long size(Path jar) {
        try {
            return Files.size(jar);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
